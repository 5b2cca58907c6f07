import type { Caller } from '../../../kernel/caller.ts'
import { viewerOf } from '../accounts/viewer.ts'
import { fail } from '../errors.ts'
import { cancelPayment } from '../payments/cancel-payment.ts'
import type { Store } from '../store.ts'
import { findOrder } from './find-order.ts'
import type { OrderView } from './order-view.ts'

/**
 * The owner or an admin gives up a pending order (QuickCart, UC 10): goods and voucher are free again, money that
 * still comes is credited to the balance.
 * @throws order_not_found, order_not_pending, order_already_paid where the money turned out to be there
 */
export async function cancelOrder(store: Store, caller: Caller, invoice: string): Promise<OrderView> {
  const viewer = viewerOf(caller)
  const { status, payment, userId } = await findOrder(store, invoice, viewer)
  if (status !== 'pending' || !payment) throw fail('order_not_pending', { invoice, order_status: status })
  const by = userId === viewer.userId ? 'owner' : 'admin'
  await cancelPayment(store, caller, { invoice, amount: payment.amount }, by)
  return await findOrder(store, invoice, viewer)
}
