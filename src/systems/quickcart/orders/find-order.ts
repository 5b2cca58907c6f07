import type { UserId } from '../accounts/user-id.ts'
import type { Viewer } from '../accounts/viewer.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { selectOrder, selectPendingOrder } from './order.queries.ts'
import type { OrderView } from './order-view.ts'

/**
 * An order as this viewer may see it: goods for the owner once paid, and for admins.
 * @throws order_not_found also where it is somebody else's, so that invoices cannot be guessed (QuickCart, §10).
 */
export async function findOrder(store: Store, invoice: string, viewer: Viewer): Promise<OrderView> {
  const order = await selectOrder(store.db, invoice, viewer.isAdmin ? 'everybody' : viewer.userId)
  if (!order || (order.userId !== viewer.userId && !viewer.isAdmin))
    throw fail('order_not_found', { invoice })
  return order
}

/** The one order a person may have open, if they do (QuickCart, CR-002). */
export async function pendingOrderOf(store: Store, userId: UserId): Promise<OrderView | undefined> {
  return selectPendingOrder(store.db, userId)
}
