import type { Caller } from '../../../kernel/caller.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'

export interface RemoveStock {
  readonly productId: number
  /** Left out: everything that is neither reserved nor sold. */
  readonly stockId?: string
}

/**
 * Takes goods off sale for good and answers how many.
 * @throws stock_not_available where the named item is reserved or sold, stock_not_found where it is not there
 */
export async function removeStock(store: Store, caller: Caller, input: RemoveStock): Promise<number> {
  const { removed } = await inTransaction(store.db, caller, (tx) =>
    tx.one<{ removed: number }>(
      sql`select remove_stock(${input.productId}, ${input.stockId ?? null}) as removed`,
    ),
  )
  return removed
}
