/** The ground floor's own cleaning: expired keys, old idempotency answers, and what outside parties sent long ago. */
import type { Database } from '../../postgres/database.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { purgeIdempotencyKeys } from '../idempotency/purge.ts'
import { purgeInbox } from '../inbox/inbox.ts'
import { purgeExpiredKeys } from '../kv/postgres-kv.ts'
import type { CronEntry } from './cron.ts'
import { defineJob, handle, noPayload, type Task } from './job.ts'
import { purge } from './purge.ts'

const job = defineJob('housekeeping', noPayload)

export const housekeepingCron: CronEntry = { job, schedule: '*/15 * * * *' }

/** `inboxDays`: by source, how long its events are kept. */
export function housekeepingTask(
  database: Database,
  { inboxDays }: { readonly inboxDays: Readonly<Record<string, number>> },
): Task {
  return handle(job, async (_, run) => {
    const idempotency = await inTransaction(database, run.caller, (tx) => tx.run(purgeIdempotencyKeys()))
    const kv = await purge(database, run, purgeExpiredKeys)
    let inbox = 0
    for (const [source, days] of Object.entries(inboxDays)) {
      inbox += await purge(database, run, (limit) => purgeInbox(source, days, limit))
    }
    run.log.info({ idempotency, kv, inbox }, 'expired rows were removed')
  })
}
