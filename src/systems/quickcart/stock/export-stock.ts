import { sql } from '../../../postgres/sql.ts'
import type { Store } from '../store.ts'

/** The goods of a product that can be ordered now, in the order in which they will be sold. */
export async function exportStock(store: Store, productId: number): Promise<readonly string[]> {
  const rows = await store.db.many<{ content: string }>(sql`
    select content from product_stocks
      where product_id = ${productId} and is_sold = false and order_id is null and removed_at is null
      order by created_at, id`)
  return rows.map(({ content }) => content)
}
