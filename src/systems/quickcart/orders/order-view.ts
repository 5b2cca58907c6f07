/** An order as its owner, an admin, the bot and the API see it. */

import type { Money } from '../../../kernel/money.ts'
import type { UserId } from '../accounts/user-id.ts'
import type { OrdersPaymentMethod, OrdersStatus, PaymentsStatus } from '../databases/db_store1/tables.ts'

export type OrderStatus = OrdersStatus
export type PaymentMethod = OrdersPaymentMethod
export type PaymentStatus = PaymentsStatus

export interface OrderView {
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

export interface PaymentView {
  readonly status: PaymentStatus
  /** What we asked the gateway for; `totalPayment` is that plus its fee. */
  readonly amount: Money<'IDR'>
  readonly fee: Money<'IDR'>
  readonly totalPayment: Money<'IDR'>
  /** The QRIS text to draw; null before the gateway's verified answer and after the payment left `awaiting`. */
  readonly qrString: string | null
  readonly checkoutUrl: string | null
  readonly expiresAt: Date
  /** Where the bot shows the QR, if it does. */
  readonly chatId: bigint | null
  readonly messageId: bigint | null
}
