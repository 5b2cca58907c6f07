/** An order as its owner, an admin, the bot and the API see it. */
import type { Money } from '../../../kernel/money.ts'
import type { UserId } from '../accounts/user-id.ts'
import type { OrdersPaymentMethod, OrdersStatus } from '../databases/db_store1/tables.ts'
import type { PaymentView } from '../payments/payment-view.ts'

export type OrderStatus = OrdersStatus
export type PaymentMethod = OrdersPaymentMethod

export interface OrderView {
  readonly kind: 'order'
  readonly invoice: string
  readonly userId: UserId
  readonly status: OrderStatus
  readonly method: PaymentMethod
  readonly subtotal: Money<'IDR'>
  readonly voucherDiscount: Money<'IDR'>
  readonly fee: Money<'IDR'>
  readonly total: Money<'IDR'>
  readonly items: readonly OrderItemView[]
  readonly payment: PaymentView | null
  readonly createdAt: Date
}

export interface OrderItemView {
  readonly productId: number
  readonly productName: string
  readonly quantity: number
  readonly pricePerUnit: Money<'IDR'>
  /** The goods: only for the owner of a paid order and for admins. */
  readonly contents?: readonly string[]
}
