/** The jobs that delete, and those that watch (QuickCart, §8). */
import type { Caller } from '../../../kernel/caller.ts'
import type { CronEntry } from '../../../platform/jobs/cron.ts'
import { defineJob, handle, noPayload, type Task } from '../../../platform/jobs/job.ts'
import { type Sql, sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'
import { cleanVouchers, retain } from './retention.ts'

const voucherCleanup = defineJob('quickcart.voucher_cleanup', noPayload)
const retention = defineJob('quickcart.retention', noPayload)
const velocityWatch = defineJob('quickcart.velocity_watch', noPayload)
const lowStock = defineJob('quickcart.low_stock', noPayload)

export function retentionTasks(store: Store): readonly Task[] {
  const call = async (caller: Caller, statement: Sql) =>
    await inTransaction(store.db, caller, (tx) => tx.run(statement))
  return [
    handle(voucherCleanup, async (_, { caller, log }) => {
      log.info({ removed: await cleanVouchers(store, caller) }, 'vouchers that expired were removed')
    }),
    handle(retention, async (_, { caller, signal, log }) => {
      log.info(await retain(store, caller, signal), 'what the law no longer asks for was removed')
    }),
    handle(velocityWatch, (_, { caller }) => call(caller, sql`select watch_velocity()`)),
    handle(lowStock, (_, { caller }) => call(caller, sql`select watch_stock()`)),
  ]
}

export const retentionCron: readonly CronEntry[] = [
  { job: voucherCleanup, schedule: '10 0 * * *' },
  { job: retention, schedule: '0 4 * * *' },
  { job: velocityWatch, schedule: '*/5 * * * *' },
  { job: lowStock, schedule: '0 * * * *' },
]
