import type { Caller } from '../../../kernel/caller.ts'
import type { Money } from '../../../kernel/money.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { findProduct, type ProductView } from './browse.ts'
import { wholePrice } from './create-product.ts'

export interface UpdateProduct {
  /** A new number; whatever names the product follows. */
  readonly id?: number
  readonly name?: string
  /** Null clears. */
  readonly description?: string | null
  readonly category?: string
  readonly customerPrice?: Money<'IDR'>
  /** Null: resellers pay what customers pay. */
  readonly resellerPrice?: Money<'IDR'> | null
  readonly isActive?: boolean
}

/** Changes what is given. @throws product_not_found, product_id_taken, amount_not_whole */
export async function updateProduct(
  store: Store,
  caller: Caller,
  id: number,
  patch: UpdateProduct,
): Promise<ProductView> {
  const changes = [
    ...(patch.id === undefined ? [] : [sql`id = ${patch.id}`]),
    ...(patch.name === undefined ? [] : [sql`name = ${patch.name}`]),
    ...(patch.description === undefined ? [] : [sql`description = ${patch.description}`]),
    ...(patch.category === undefined ? [] : [sql`category = ${patch.category}`]),
    ...(patch.customerPrice === undefined ? [] : [sql`customer_price = ${wholePrice(patch.customerPrice)}`]),
    ...(patch.resellerPrice === undefined
      ? []
      : [sql`reseller_price = ${patch.resellerPrice && wholePrice(patch.resellerPrice)}`]),
    ...(patch.isActive === undefined ? [] : [sql`is_active = ${patch.isActive}`]),
  ]
  if (changes.length > 0) {
    const changed = await inTransaction(store.db, caller, (tx) =>
      tx.run(sql`update products set ${sql.join(changes)} where id = ${id}`),
    )
    if (changed === 0) throw fail('product_not_found', { product_id: id })
  }
  return await findProduct(store, patch.id ?? id, 'admin')
}

/** Takes the product off sale; its orders and goods stay. @throws product_not_found */
export async function retireProduct(store: Store, caller: Caller, id: number): Promise<void> {
  await updateProduct(store, caller, id, { isActive: false })
}
