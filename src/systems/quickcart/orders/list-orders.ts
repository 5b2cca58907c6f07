import { decodeCursor, type Page, toPage } from '../../../kernel/cursor.ts'
import type { UserId } from '../accounts/user-id.ts'
import type { Store } from '../store.ts'
import { selectOrders } from './order.queries.ts'
import type { OrderStatus, OrderView } from './order-view.ts'

export interface ListOrders {
  /** Left out: everybody's, for admins. */
  readonly userId?: UserId
  readonly status?: OrderStatus
  readonly cursor?: string
  readonly limit: number
}

/** Newest first, without the goods. @throws bad_request where the cursor is not one. */
export async function listOrders(store: Store, filter: ListOrders): Promise<Page<OrderView>> {
  const rows = await selectOrders(store.db, {
    limit: filter.limit,
    ...(filter.userId === undefined ? {} : { owner: filter.userId }),
    ...(filter.status === undefined ? {} : { status: filter.status }),
    ...(filter.cursor === undefined ? {} : { beforeId: decodeCursor(filter.cursor, ['number'] as const)[0] }),
  })
  return toPage(
    rows,
    filter.limit,
    ({ id }) => [id],
    ({ view }) => view,
  )
}
