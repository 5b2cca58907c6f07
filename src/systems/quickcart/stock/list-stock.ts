import { decodeCursor, type Page, toPage } from '../../../kernel/cursor.ts'
import { sql } from '../../../postgres/sql.ts'
import type { Store } from '../store.ts'

export interface StockItem {
  readonly id: string
  readonly content: string
  readonly state: 'available' | 'reserved' | 'sold'
  readonly created_at: Date
}

/** For admins: a product's goods, removed ones left out. @throws bad_request for a wrong cursor */
export async function listStock(
  store: Store,
  { productId, cursor, limit }: { productId: number; cursor?: string; limit: number },
): Promise<Page<StockItem>> {
  const after = cursor === undefined ? null : uuidOf(cursor)
  const rows = await store.db.many<StockItem>(sql`
    select id, content, created_at,
        case when is_sold then 'sold' when order_id is not null then 'reserved' else 'available' end as state
      from product_stocks
      where product_id = ${productId} and removed_at is null and (${after}::uuid is null or id > ${after}::uuid)
      order by id limit ${limit + 1}`)
  return toPage(
    rows,
    limit,
    ({ id }) => [id],
    (row) => row,
  )
}

function uuidOf(cursor: string): string {
  const [id] = decodeCursor(cursor, ['string'] as const)
  // A cursor of another list holds something else; the database would answer with an error of its own.
  return /^[0-9a-f-]{36}$/.test(id) ? id : '00000000-0000-0000-0000-000000000000'
}
