import type { Caller } from '../../../kernel/caller.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'

export interface AddStock {
  readonly productId: number
  /** One good each; they are sold in this order. Blank ones are left out without a word. */
  readonly contents: readonly string[]
}

export interface AddedStock {
  readonly added: number
  /** What the product has or sold already, or came twice. */
  readonly duplicates: number
}

/** @throws product_not_found */
export async function addStock(store: Store, caller: Caller, input: AddStock): Promise<AddedStock> {
  return await inTransaction(store.db, caller, (tx) =>
    tx.one<AddedStock>(sql`select added, duplicates from add_stock(${input.productId}, ${input.contents})`),
  )
}
