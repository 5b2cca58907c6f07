/** The ground floor's own cleaning: expired keys and old idempotency answers. */
import type { Database } from '../../postgres/database.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { purgeIdempotencyKeys } from '../idempotency/purge.ts'
import { purgeExpiredKeys } from '../kv/postgres-kv.ts'
import type { CronEntry } from './cron.ts'
import { defineJob, handle, noPayload, type Task } from './job.ts'

const job = defineJob('housekeeping', noPayload)

export const housekeepingCron: CronEntry = { job, schedule: '*/15 * * * *' }

/** One batch per transaction, so that no lock is held for long however much has piled up. */
const BATCH = 5_000

export function housekeepingTask(database: Database): Task {
  return handle(job, async (_, { caller, signal, log }) => {
    const idempotency = await inTransaction(database, caller, (tx) => tx.run(purgeIdempotencyKeys()))
    let kv = 0
    for (let batch = BATCH; batch === BATCH && !signal.aborted; kv += batch) {
      batch = await inTransaction(database, caller, (tx) => tx.run(purgeExpiredKeys(BATCH)))
    }
    log.info({ idempotency, kv }, 'expired rows were removed')
  })
}
