/** What lowers a product's or a category's price (QuickCart, §2 Pricing): the product's own discount counts first. */
import type { Caller } from '../../../kernel/caller.ts'
import { formatMoney, isWhole, type Money } from '../../../kernel/money.ts'
import { invalidFields } from '../../../platform/http/validation.ts'
import { type Sql, sql } from '../../../postgres/sql.ts'
import { inTransaction, type Tx } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'

export type DiscountTarget = { readonly product: number } | { readonly category: string }

export interface Discount {
  readonly kind: 'percent' | 'nominal'
  /** Whole rupiah, or whole percent: "10.00" is 10 %. */
  readonly value: Money<'IDR'>
}

const HUNDRED_PERCENT = 100_00n

/**
 * From now on this is the discount; another one there was is replaced.
 * @throws product_not_found, category_not_found, amount_not_whole, validation_failed
 */
export async function setDiscount(
  store: Store,
  caller: Caller,
  target: DiscountTarget,
  discount: Discount,
): Promise<void> {
  const value = checked(discount)
  await inTransaction(store.db, caller, async (tx) => {
    await demand(tx, target)
    const { scope, product, category, conflict } = columns(target)
    await tx.run(sql`
      insert into price_discounts (scope, product_id, category, kind, value, created_by, created_at, updated_at)
        values (${scope}, ${product}, ${category}, ${discount.kind}, ${value}, ${caller.id ?? null}, niaga.now(),
          niaga.now())
        on conflict ${conflict}
        do update set kind = excluded.kind, value = excluded.value, created_by = excluded.created_by`)
  })
}

/** Says whether there was one. @throws product_not_found, category_not_found */
export async function removeDiscount(store: Store, caller: Caller, target: DiscountTarget): Promise<boolean> {
  const { product, category } = columns(target)
  const removed = await inTransaction(store.db, caller, async (tx) => {
    await demand(tx, target)
    return await tx.run(sql`
      update price_discounts set is_active = false
        where is_active and (product_id = ${product} or category = ${category})`)
  })
  return removed > 0
}

function checked({ kind, value }: Discount): string {
  if (!isWhole('IDR', value)) throw fail('amount_not_whole', { amount: formatMoney('IDR', value) })
  if (value < 1n || (kind === 'percent' && value > HUNDRED_PERCENT)) {
    const reason = kind === 'percent' ? 'must be 1 to 100 percent' : 'must be above zero'
    throw invalidFields([{ field: 'value', reason }])
  }
  return formatMoney('IDR', value)
}

function columns(target: DiscountTarget): {
  readonly scope: string
  readonly product: number | null
  readonly category: string | null
  readonly conflict: Sql
} {
  return 'product' in target
    ? {
        scope: 'product',
        product: target.product,
        category: null,
        conflict: sql.raw("(product_id) where is_active and scope = 'product'"),
      }
    : {
        scope: 'category',
        product: null,
        category: target.category,
        conflict: sql.raw("(category) where is_active and scope = 'category'"),
      }
}

/** A mistyped category would be a discount on nothing. The product's row is held, so that it is not renumbered. */
async function demand(tx: Tx, target: DiscountTarget): Promise<void> {
  if ('product' in target) {
    const known = await tx.run(sql`select from products where id = ${target.product} for key share`)
    if (known === 0) throw fail('product_not_found', { product_id: target.product })
    return
  }
  const known = await tx.run(sql`select from products where category = ${target.category} limit 1`)
  if (known === 0) throw fail('category_not_found', { category: target.category })
}
