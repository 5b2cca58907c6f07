import type { Caller } from '../../../kernel/caller.ts'
import { idempotent } from '../../../platform/idempotency/idempotent.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'

export interface AdjustSoldCount {
  readonly productId: number
  /** May be negative. */
  readonly change: number
  readonly idempotencyKey: string
}

const MAX_SOLD = 2_000_000_000

/**
 * Raises or lowers the number of units that a product is said to have sold (QuickCart, §2 products); once per key.
 * @throws product_not_found, sold_count_out_of_range
 */
export async function adjustSoldCount(
  store: Store,
  caller: Caller,
  { idempotencyKey: key, ...request }: AdjustSoldCount,
): Promise<number> {
  const { productId, change } = request
  const { sold } = await inTransaction(store.db, caller, (tx) =>
    idempotent(tx, { scope: 'adjust sold count', key, request }, async () => {
      const changed = await tx.maybeOne<{ sold: number }>(sql`
        update products set sold_count = sold_count + ${change}
          where id = ${productId} and sold_count::bigint + ${change} between 0 and ${MAX_SOLD}
          returning sold_count as sold`)
      if (changed) return changed
      const known = await tx.maybeOne(sql`select from products where id = ${productId}`)
      throw known ? fail('sold_count_out_of_range') : fail('product_not_found', { product_id: productId })
    }),
  )
  return sold
}
