import type { Caller } from '../../../kernel/caller.ts'
import { enqueue } from '../../../platform/jobs/job.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { cancelAtGateway } from './cancel-at-gateway.ts'
import { type Expired, expire, type Payment, selectPayment } from './payment.queries.ts'
import { after, paymentExpire, pollAfterClose } from './payment-jobs.ts'
import { type Checked, checkIfAnswered, isPaid } from './settle-payment.ts'

/** QuickCart, UC 9: "no answer → retry after 15, 30, 60, 90, 105 s (total 5 min, stock stays reserved)". */
const RETRIES_MS = [15_000, 30_000, 60_000, 90_000, 105_000]

/**
 * The deadline has come: the QR is taken off the gateway and the gateway asked once more. Money that came is
 * honoured, also seconds late; where there is none, order or deposit expires and the goods go back on sale.
 * `postponed`: the deadline is still to come, or the gateway gave no answer and is asked again by a durable job.
 * @throws payment_not_found
 */
export async function expirePayment(
  store: Store,
  caller: Caller,
  invoice: string,
  attempt = 0,
): Promise<Checked | Expired | 'postponed'> {
  const payment = await selectPayment(store.db, invoice)
  if (!payment) throw fail('payment_not_found', { invoice })
  if (payment.status !== 'creating' && payment.status !== 'awaiting') return 'already'
  if (store.clock.now() < payment.expiresAt) {
    return await postpone(store, caller, payment, payment.expiresAt, attempt)
  }
  await cancelAtGateway(store, payment)
  const answer = await checkIfAnswered(store, caller, invoice)
  const pause = RETRIES_MS[attempt]
  if (answer === undefined && pause !== undefined) {
    return await postpone(store, caller, payment, after(store, pause), attempt + 1)
  }
  if (answer !== undefined && isPaid(answer)) return answer
  return await inTransaction(store.db, caller, async (tx) => {
    const outcome = await expire(tx, invoice)
    if (outcome === 'expired') await pollAfterClose(tx, store, invoice)
    return outcome
  })
}

async function postpone(
  store: Store,
  caller: Caller,
  { invoice }: Payment,
  runAt: Date,
  attempt: number,
): Promise<'postponed'> {
  await inTransaction(store.db, caller, (tx) =>
    enqueue(tx, paymentExpire, { invoice, attempt }, { key: `expire:${invoice}`, runAt }),
  )
  return 'postponed'
}
