import type { Caller } from '../../../kernel/caller.ts'
import { formatMoney, isWhole, type Money } from '../../../kernel/money.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { findProduct, type ProductView } from './browse.ts'

export interface CreateProduct {
  /** Left out: the smallest free number. */
  readonly id?: number
  readonly name: string
  readonly description?: string | null
  readonly category?: string
  readonly customerPrice: Money<'IDR'>
}

/** @throws product_id_taken, amount_not_whole */
export async function createProduct(
  store: Store,
  caller: Caller,
  product: CreateProduct,
): Promise<ProductView> {
  const { id } = await inTransaction(store.db, caller, (tx) =>
    tx.one<{ id: number }>(sql`
      select create_product(${product.id ?? null}, ${product.name}, ${product.category ?? null},
        ${formatMoney('IDR', product.customerPrice)}, ${product.description ?? null}) as id`),
  )
  return await findProduct(store, id, 'admin')
}

/** Prices that people enter are whole rupiah (QuickCart, §2 products). @throws amount_not_whole */
export function wholePrice(price: Money<'IDR'>): string {
  if (!isWhole('IDR', price)) throw fail('amount_not_whole', { amount: formatMoney('IDR', price) })
  return formatMoney('IDR', price)
}
