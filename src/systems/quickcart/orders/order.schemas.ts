/** Orders as the API reads and writes them. */
import { type Static, Type } from 'typebox'
import { formatMoney } from '../../../kernel/money.ts'
import { PageOf, pageQuery } from '../../../platform/http/pages.ts'
import {
  Amount,
  AmountInput,
  Instant,
  nullable,
  oneOf,
  strictObject,
} from '../../../platform/http/schemas.ts'
import { PaymentAnswer, toPaymentAnswer } from '../payments/payment.schemas.ts'
import { Invoice, ProductId } from '../shop/schemas.ts'
import type { OrderView } from './order-view.ts'
import type { Quote } from './quote-order.ts'

const Method = oneOf(['qris', 'account_balance'])
const Status = oneOf(['pending', 'paid', 'expired', 'cancelled'])

const VoucherCode = Type.String({ pattern: '^[A-Za-z0-9]{1,20}$' })

const cart = {
  items: Type.Array(
    strictObject({ product_id: ProductId, quantity: Type.Integer({ minimum: 1, maximum: 100 }) }),
    { minItems: 1, maxItems: 10 },
  ),
  payment_method: Method,
  voucher_code: Type.Optional(VoucherCode),
}

export const QuoteBody = strictObject(cart)

export const OrderBody = strictObject({
  ...cart,
  expected_total: Type.Optional(AmountInput),
})

export const VoucherBody = strictObject({ code: VoucherCode })

export const VoucherAnswer = Type.Object({ amount: Amount, expires_at: Instant })

export const OrdersQuery = pageQuery({ status: Type.Optional(Status) })

export const QuoteAnswer = Type.Object({
  items: Type.Array(
    Type.Object({
      product_id: Type.Integer(),
      product_name: Type.String(),
      quantity: Type.Integer(),
      price_per_unit: Amount,
    }),
  ),
  payment_method: Method,
  subtotal: Amount,
  voucher_discount: Amount,
  fee: Amount,
  total: Amount,
})

export const OrderAnswer = Type.Object({
  invoice: Invoice,
  status: Status,
  payment_method: Method,
  subtotal: Amount,
  voucher_discount: Amount,
  fee: Amount,
  total: Amount,
  items: Type.Array(
    Type.Object({
      product_id: Type.Integer(),
      product_name: Type.String(),
      quantity: Type.Integer(),
      price_per_unit: Amount,
      contents: Type.Optional(
        Type.Array(Type.String(), { description: 'The goods: for the owner, once paid' }),
      ),
    }),
  ),
  payment: nullable(PaymentAnswer),
  created_at: Instant,
})

export const OrdersAnswer = PageOf(OrderAnswer)

export function toOrderAnswer(order: OrderView): Static<typeof OrderAnswer> {
  return {
    invoice: order.invoice,
    status: order.status,
    payment_method: order.method,
    subtotal: formatMoney('IDR', order.subtotal),
    voucher_discount: formatMoney('IDR', order.voucherDiscount),
    fee: formatMoney('IDR', order.fee),
    total: formatMoney('IDR', order.total),
    items: order.items.map((item) => ({
      product_id: item.productId,
      product_name: item.productName,
      quantity: item.quantity,
      price_per_unit: formatMoney('IDR', item.pricePerUnit),
      ...(item.contents === undefined ? {} : { contents: [...item.contents] }),
    })),
    payment: order.payment && toPaymentAnswer(order.payment),
    created_at: order.createdAt,
  }
}

export function toQuoteAnswer(quote: Quote): Static<typeof QuoteAnswer> {
  return {
    items: quote.items.map((item) => ({
      product_id: item.productId,
      product_name: item.productName,
      quantity: item.quantity,
      price_per_unit: formatMoney('IDR', item.pricePerUnit),
    })),
    payment_method: quote.method,
    subtotal: formatMoney('IDR', quote.subtotal),
    voucher_discount: formatMoney('IDR', quote.voucherDiscount),
    fee: formatMoney('IDR', quote.fee),
    total: formatMoney('IDR', quote.total),
  }
}
