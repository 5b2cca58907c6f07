import { systemCaller } from '../../../kernel/caller.ts'
import { type Decimal, type Money, parseMoney } from '../../../kernel/money.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { UserId } from '../accounts/user-id.ts'
import { limitGuesses } from '../shop/limits.ts'
import type { Store } from '../store.ts'
import type { PaymentMethod } from './order-view.ts'

export interface OrderLine {
  readonly productId: number
  readonly quantity: number
}

export interface QuoteOrder {
  readonly userId: UserId
  readonly items: readonly OrderLine[]
  readonly method: PaymentMethod
  readonly voucherCode?: string
}

export interface Quote {
  readonly items: readonly {
    readonly productId: number
    readonly productName: string
    readonly quantity: number
    readonly pricePerUnit: Money<'IDR'>
  }[]
  readonly method: PaymentMethod
  readonly subtotal: Money<'IDR'>
  readonly voucherDiscount: Money<'IDR'>
  readonly fee: Money<'IDR'>
  readonly total: Money<'IDR'>
}

/** As `quote_order` answers it, and `price_changed` carries it. */
interface StoredQuote {
  readonly items: readonly {
    readonly product_id: number
    readonly product_name: string
    readonly quantity: number
    readonly price_per_unit: Decimal
  }[]
  readonly payment_method: PaymentMethod
  readonly subtotal: Decimal
  readonly voucher_discount: Decimal
  readonly payment_fee: Decimal
  readonly total_bill: Decimal
}

/**
 * What these items would cost this person now; reserves nothing (QuickCart, UC 3).
 * @throws product_not_found, product_inactive, out_of_stock, amount_not_whole, voucher_invalid, voucher_expired,
 *   voucher_cooldown, validation_failed, rate_limited
 */
export async function quoteOrder(store: Store, input: QuoteOrder): Promise<Quote> {
  const { userId, items, method, voucherCode } = input
  // In a transaction, because prices and vouchers are judged by niaga.now().
  const { quote } = await limitGuesses(store, userId, voucherCode, () =>
    inTransaction(store.db, systemCaller, (tx) =>
      tx.one<{ quote: StoredQuote }>(sql`
        select quote_order(${userId}, ${linesJson(items)}, ${method}, ${voucherCode ?? null}) as quote`),
    ),
  )
  return {
    items: quote.items.map((item) => ({
      productId: item.product_id,
      productName: item.product_name,
      quantity: item.quantity,
      pricePerUnit: parseMoney('IDR', item.price_per_unit),
    })),
    method: quote.payment_method,
    subtotal: parseMoney('IDR', quote.subtotal),
    voucherDiscount: parseMoney('IDR', quote.voucher_discount),
    fee: parseMoney('IDR', quote.payment_fee),
    total: parseMoney('IDR', quote.total_bill),
  }
}

/** The lines as the SQL functions take them. */
export function linesJson(items: readonly OrderLine[]): string {
  return sql.json(items.map(({ productId, quantity }) => ({ product_id: productId, quantity })))
}
