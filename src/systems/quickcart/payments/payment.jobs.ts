/** The durable work on payments (QuickCart, §8); each task is safe to run any number of times. */
import type { CronEntry } from '../../../platform/jobs/cron.ts'
import { defineJob, handle, noPayload, type Task } from '../../../platform/jobs/job.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'
import { createPayment } from './create-payment.ts'
import { expirePayment } from './expire-payment.ts'
import { rebuildExpiryQueue } from './expiry-queue.ts'
import { lockPaymentStatus } from './payment.queries.ts'
import { gatewayCreate, paymentExpire, paymentPoll, pollAfterClose, pollWhileOpen } from './payment-jobs.ts'
import { checkIfAnswered } from './settle-payment.ts'

/** Money may still come for these. */
const CLOSED_UNPAID: ReadonlySet<string> = new Set(['expired', 'cancelled', 'failed'])

const paymentSweep = defineJob('quickcart.payment_sweep', noPayload)

export function paymentTasks(store: Store): readonly Task[] {
  return [
    handle(gatewayCreate, ({ invoice, attempt }, { caller }) =>
      createPayment(store, caller, invoice, attempt),
    ),
    handle(paymentExpire, ({ invoice, attempt }, { caller }) =>
      expirePayment(store, caller, invoice, attempt),
    ),
    handle(paymentPoll, async ({ invoice, step }, { caller }) => {
      const answer = await checkIfAnswered(store, caller, invoice)
      await inTransaction(store.db, caller, async (tx) => {
        // Locked: a payment that is closed right now plans looks of its own under the same key.
        const status = await lockPaymentStatus(tx, invoice)
        if (status === 'awaiting') await pollWhileOpen(tx, store, invoice)
        else if (status !== undefined && CLOSED_UNPAID.has(status)) {
          const next = step === undefined ? 0 : step + 1
          await pollAfterClose(tx, store, invoice, { step: next, answered: answer !== undefined })
        }
      })
    }),
    handle(paymentSweep, async () => {
      await sweepPayments(store)
      await rebuildExpiryQueue(store)
    }),
  ]
}

export const paymentCron: readonly CronEntry[] = [{ job: paymentSweep, schedule: '* * * * *' }]

/**
 * Puts the jobs of open payments back that are missing: lost with a restored backup, or dead. Runs every minute
 * over the few payments that are open.
 */
export async function sweepPayments(store: Store): Promise<void> {
  await inTransaction(store.db, { type: 'system' }, (tx) =>
    tx.run(sql`
      select niaga.enqueue(missing.task, jsonb_build_object('invoice', missing.invoice_id), missing.run_at, missing.key)
      from (
        select p.invoice_id, job.task, job.key, job.run_at
          from payments p cross join lateral (values
            ('quickcart.payment_expire', 'expire:' || p.invoice_id, p.expires_at),
            ('quickcart.gateway_create', 'create:' || p.invoice_id,
              case when p.status = 'creating' and p.created_at < niaga.now() - interval '1 minute' then niaga.now() end),
            ('quickcart.payment_poll', 'poll:' || p.invoice_id,
              case when p.status = 'awaiting' then niaga.now() + interval '2 minutes' end)
          ) as job (task, key, run_at)
          where p.status in ('creating', 'awaiting') and job.run_at is not null) missing
      where not exists (
        select from graphile_worker._private_jobs j where j.key = missing.key and j.attempts < j.max_attempts)`),
  )
}
