/** Holds that nobody took in time (UserState, section 8). */
import { isDomainError } from '../../../kernel/errors.ts'
import type { CronEntry } from '../../../platform/jobs/cron.ts'
import { defineJob, handle, noPayload, type Task } from '../../../platform/jobs/job.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { closeTransaction } from '../gateway/invoice.queries.ts'
import type { Store } from '../store.ts'

const expire = defineJob('payment.expire', noPayload)
/** A transaction of its own for each, so that nobody waits for more than one; what is left comes next minute. */
const PER_RUN = 1_000

export function paymentTasks(store: Store): readonly Task[] {
  return [
    handle(expire, async (_, { caller, log, signal }) => {
      const due = await inTransaction(store.db, caller, (tx) =>
        tx.many<{ id: bigint }>(sql`
          select t.id from user_transaction t
          where t.status = 'PENDING' and t.type = 'PAYMENT' and t.src = 'WALLET' and t.expired_at <= niaga.now()
          order by t.expired_at limit ${PER_RUN}`),
      )
      for (const { id } of due) {
        if (signal.aborted) return
        try {
          await inTransaction(store.db, caller, (tx) => closeTransaction(tx, id, 'EXPIRED'))
        } catch (error) {
          // One that people must look at keeps nobody else's money.
          if (isDomainError(error, 'unavailable')) throw error
          log.error({ id: String(id), error }, 'a payment that nobody took cannot be ended')
        }
      }
    }),
  ]
}

export const paymentCron: readonly CronEntry[] = [{ job: expire, schedule: '* * * * *' }]
