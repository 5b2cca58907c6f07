import { sql } from '../../../postgres/sql.ts'
import type { Store } from '../store.ts'

/** Where a part of an export ends. */
export interface StockPlace {
  /** As the database writes it: microseconds. */
  readonly at: string
  readonly id: string
}

export interface StockPart {
  readonly goods: readonly string[]
  /** Where there are more goods behind it. */
  readonly next: StockPlace | undefined
}

/**
 * The goods of a product that can be ordered now, in the order in which they will be sold: as many as fit into
 * `maxBytes` as lines of a file, at least one; from the first one on, or behind `after`.
 */
export async function exportStock(
  store: Store,
  productId: number,
  { maxBytes, after }: { readonly maxBytes: number; readonly after: StockPlace | undefined },
): Promise<StockPart> {
  const rows = await store.db.many<{ id: string; at: string; content: string; more: boolean }>(sql`
    select id, created_at::text as at, content, more from (
      select id, content, octet_length(content) + 1 as bytes, created_at,
        sum(octet_length(content) + 1) over (order by created_at, id) as total,
        lead(id) over (order by created_at, id) is not null as more
      from product_stocks
      where product_id = ${productId} and is_sold = false and order_id is null and removed_at is null
        and (${after?.id ?? null}::uuid is null
          or (created_at, id) > (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid))) s
      where total <= ${maxBytes} or total = bytes
      order by created_at, id`)
  const last = rows.at(-1)
  return {
    goods: rows.map(({ content }) => content),
    next: last?.more ? { at: last.at, id: last.id } : undefined,
  }
}
