import type { Caller } from '../../../kernel/caller.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { userId } from '../accounts/user-id.ts'
import { fail } from '../errors.ts'
import { cancelAtGateway } from '../payments/cancel-at-gateway.ts'
import { cancel } from '../payments/payment.queries.ts'
import { pollAfterClose } from '../payments/payment-jobs.ts'
import { checkIfAnswered, isPaid } from '../payments/settle-payment.ts'
import type { Store } from '../store.ts'
import { findOrder } from './find-order.ts'
import type { OrderView } from './order-view.ts'

/**
 * The owner or an admin gives up a pending order (QuickCart, UC 10): goods and voucher are free again, money that
 * still comes is credited to the balance.
 * @throws order_not_found, order_not_pending, order_already_paid where the money turned out to be there
 */
export async function cancelOrder(store: Store, caller: Caller, invoice: string): Promise<OrderView> {
  const viewer = { userId: userId(caller.id ?? 0), isAdmin: caller.type === 'admin' }
  const order = await findOrder(store, invoice, viewer)
  if (order.status !== 'pending' || !order.payment) {
    throw fail('order_not_pending', { invoice, status: order.status })
  }
  if (isPaid(await checkIfAnswered(store, caller, invoice))) throw fail('order_already_paid', { invoice })
  const by = order.userId === viewer.userId ? 'owner' : 'admin'
  await inTransaction(store.db, caller, async (tx) => {
    await cancel(tx, invoice, by)
    await pollAfterClose(tx, store, invoice)
  })
  await cancelAtGateway(store, { invoice, amount: order.payment.amount })
  // A gateway that is down does not keep the order from being cancelled; and money that slipped in between the
  // question and the cancellation need not wait for the poll.
  await checkIfAnswered(store, caller, invoice)
  return await findOrder(store, invoice, viewer)
}
