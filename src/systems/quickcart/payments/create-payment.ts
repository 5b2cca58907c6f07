import type { QrisPayment } from '../../../gateways/pakasir/answers.ts'
import { PakasirError } from '../../../gateways/pakasir/errors.ts'
import type { Caller } from '../../../kernel/caller.ts'
import { enqueue } from '../../../platform/jobs/job.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { cancelAtGateway } from './cancel-at-gateway.ts'
import { adoptGatewayAnswer, failPayment, type Payment, selectPayment } from './payment.queries.ts'
import { after, gatewayCreate, pollAfterClose, pollWhileOpen } from './payment-jobs.ts'
import type { PaymentStatus } from './payment-view.ts'

/** QuickCart, UC 5: "network error/5xx: retry 1 s, 4 s, 10 s with the same order_id". */
const RETRIES_MS = [1_000, 4_000, 10_000]

/**
 * Asks the gateway for the QR of a payment that is being created, once, and answers the payment's status then.
 * Where the gateway does not answer, a durable job asks again; the last one gives the order up. Safe to call at
 * any time: the gateway finds the same transaction again by its invoice and amount.
 * @throws payment_not_found
 */
export async function createPayment(
  store: Store,
  caller: Caller,
  invoice: string,
  attempt = 0,
): Promise<PaymentStatus> {
  const payment = await selectPayment(store.db, invoice)
  if (!payment) throw fail('payment_not_found', { invoice })
  if (payment.status !== 'creating') return payment.status
  let answer: QrisPayment
  try {
    answer = await store.pakasir.createQris({ orderId: invoice, amount: payment.amount })
  } catch (error) {
    if (!(error instanceof PakasirError)) throw error
    return await notCreated(store, caller, payment, attempt, error)
  }
  return await adopt(store, caller, payment, answer)
}

async function adopt(
  store: Store,
  caller: Caller,
  payment: Payment,
  answer: QrisPayment,
): Promise<PaymentStatus> {
  const { invoice } = payment
  const url = store.pakasir.checkoutUrl({ orderId: invoice, amount: payment.amount })
  const outcome = await inTransaction(store.db, caller, async (tx) => {
    const adopted = await adoptGatewayAnswer(tx, invoice, answer, url)
    if (adopted === 'awaiting') await pollWhileOpen(tx, store, invoice)
    return adopted
  })
  if (outcome === 'awaiting') return 'awaiting'
  if (outcome === 'already') return (await selectPayment(store.db, invoice))?.status ?? 'awaiting'
  if (outcome === 'fee_mismatch') return await giveUp(store, caller, payment, 'gateway_fee_mismatch')
  // Given up meanwhile: nobody is to pay what nobody waits for.
  await cancelAtGateway(store, payment)
  return (await selectPayment(store.db, invoice))?.status ?? 'cancelled'
}

async function notCreated(
  store: Store,
  caller: Caller,
  payment: Payment,
  attempt: number,
  error: PakasirError,
): Promise<PaymentStatus> {
  const next = nextTry(store, attempt, error)
  if (!next) return await giveUp(store, caller, payment, 'gateway_unavailable')
  const { invoice } = payment
  await inTransaction(store.db, caller, (tx) =>
    enqueue(
      tx,
      gatewayCreate,
      { invoice, attempt: next.attempt },
      // The key of the job that the checkout left for the case that we had not come this far.
      { key: `create:${invoice}`, runAt: next.runAt },
    ),
  )
  return 'creating'
}

/** Waiting for a turn of ours is no attempt: nobody was asked, and the payment's own deadline ends it. */
function nextTry(
  store: Store,
  attempt: number,
  error: PakasirError,
): { attempt: number; runAt: Date } | undefined {
  if (error.turnAt) return { attempt, runAt: error.turnAt }
  const pause = RETRIES_MS[attempt]
  if (!error.retryable || pause === undefined) return undefined
  return { attempt: attempt + 1, runAt: after(store, pause) }
}

async function giveUp(
  store: Store,
  caller: Caller,
  payment: Payment,
  reason: 'gateway_unavailable' | 'gateway_fee_mismatch',
): Promise<PaymentStatus> {
  // First the gateway: once our side is closed, nobody should be able to pay there.
  await cancelAtGateway(store, payment)
  await inTransaction(store.db, caller, async (tx) => {
    if ((await failPayment(tx, payment.invoice, reason)) === 'failed') {
      await pollAfterClose(tx, store, payment.invoice)
    }
  })
  return (await selectPayment(store.db, payment.invoice))?.status ?? 'failed'
}
