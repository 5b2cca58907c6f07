import type { Caller } from '../../../kernel/caller.ts'
import { formatMoney, isWhole, type Money } from '../../../kernel/money.ts'
import { idempotent } from '../../../platform/idempotency/idempotent.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction, type Tx } from '../../../postgres/transaction.ts'
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
  /** The same key again makes no second product. */
  readonly idempotencyKey?: string
}

/** @throws product_id_taken, amount_not_whole */
export async function createProduct(
  store: Store,
  caller: Caller,
  product: CreateProduct,
): Promise<ProductView> {
  const { idempotencyKey: key, ...request } = product
  const { id } = await inTransaction(store.db, caller, async (tx) => {
    if (key === undefined) return await insertProduct(tx, request)
    return await idempotent(tx, { scope: 'create product', key, request }, () => insertProduct(tx, request))
  })
  return await findProduct(store, id, 'admin')
}

async function insertProduct(tx: Tx, product: CreateProduct): Promise<{ id: number }> {
  return await tx.one(sql`
    select create_product(${product.id ?? null}, ${product.name}, ${product.category ?? null},
      ${formatMoney('IDR', product.customerPrice)}, ${product.description ?? null}) as id`)
}

/** Prices that people enter are whole rupiah (QuickCart, §2 products). @throws amount_not_whole */
export function wholePrice(price: Money<'IDR'>): string {
  if (!isWhole('IDR', price)) throw fail('amount_not_whole', { amount: formatMoney('IDR', price) })
  return formatMoney('IDR', price)
}
