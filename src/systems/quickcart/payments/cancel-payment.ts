import type { Caller } from '../../../kernel/caller.ts'
import type { Money } from '../../../kernel/money.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'
import { cancelAtGateway } from './cancel-at-gateway.ts'
import { cancel } from './payment.queries.ts'
import { pollAfterClose } from './payment-jobs.ts'
import { checkIfAnswered } from './settle-payment.ts'

/**
 * Gives up the open payment of an order or a deposit, and that with it (QuickCart, UC 10). The gateway is asked first:
 * money that is already there settles it instead, and the cancellation is refused.
 * @throws order_already_paid, order_not_pending, deposit_not_pending
 */
export async function cancelPayment(
  store: Store,
  caller: Caller,
  payment: { readonly invoice: string; readonly amount: Money<'IDR'> },
  by: 'owner' | 'admin',
): Promise<void> {
  const { invoice } = payment
  // A gateway that is down does not keep anybody from cancelling.
  await checkIfAnswered(store, caller, invoice)
  await inTransaction(store.db, caller, async (tx) => {
    await cancel(tx, invoice, by)
    await pollAfterClose(tx, store, invoice)
  })
  await cancelAtGateway(store, payment)
  // Money that slipped in between the question and the cancellation need not wait for the poll.
  await checkIfAnswered(store, caller, invoice)
}
