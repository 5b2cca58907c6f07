import type { PakasirTransaction } from '../../../gateways/pakasir/answers.ts'
import { PakasirError } from '../../../gateways/pakasir/errors.ts'
import type { Caller } from '../../../kernel/caller.ts'
import { isDomainError } from '../../../kernel/errors.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { type Settled, selectPayment, settle } from './payment.queries.ts'

/**
 * What the gateway says, and what it led to: `settled`, `late`, `already` and `amount_mismatch` where it says
 * "completed"; otherwise its own word, `unknown` where it has no such transaction.
 */
export type Checked = Settled | 'pending' | 'cancelled' | 'expired' | 'unknown'

/**
 * Asks the gateway whether the money came and books it if so (QuickCart, UC 8): one function for webhook, button,
 * poll and expiry, safe to run any number of times at once.
 * @throws payment_not_found, gateway_unavailable where the gateway gives no answer
 */
export async function checkPayment(store: Store, caller: Caller, invoice: string): Promise<Checked> {
  const payment = await selectPayment(store.db, invoice)
  if (!payment) throw fail('payment_not_found', { invoice })
  if (payment.status === 'completed' || payment.status === 'late_completed') return 'already'
  const transaction = await ask(store, { orderId: invoice, amount: payment.amount })
  if (transaction === 'unknown') return 'unknown'
  // Somebody else's transaction is no answer about ours.
  if (transaction.orderId !== invoice || transaction.project !== store.pakasir.project) return 'unknown'
  if (transaction.status !== 'completed') return transaction.status
  return await inTransaction(store.db, caller, (tx) =>
    settle(tx, invoice, transaction.amount, transaction.completedAt),
  )
}

/** The same where a gateway that is down must not stop the caller; undefined then. */
export async function checkIfAnswered(
  store: Store,
  caller: Caller,
  invoice: string,
): Promise<Checked | undefined> {
  try {
    return await checkPayment(store, caller, invoice)
  } catch (error) {
    if (isDomainError(error, 'gateway_unavailable')) return undefined
    throw error
  }
}

/** True where the money is there and booked. */
export function isPaid(answer: Checked | undefined): boolean {
  return answer === 'settled' || answer === 'already' || answer === 'late'
}

async function ask(
  store: Store,
  order: Parameters<Store['pakasir']['detail']>[0],
): Promise<PakasirTransaction | 'unknown'> {
  try {
    return await store.pakasir.detail(order)
  } catch (error) {
    if (!(error instanceof PakasirError)) throw error
    // A refused key is no word about the transaction: only "unknown" is.
    if (error.kind === 'not_found') return 'unknown'
    throw fail('gateway_unavailable', {}, { cause: error })
  }
}
