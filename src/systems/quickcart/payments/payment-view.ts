/** The payment of an order or a deposit, as its owner, an admin, the bot and the API see it. */
import { type Money, parseMoney } from '../../../kernel/money.ts'
import type { PaymentsRow, PaymentsStatus } from '../databases/db_store1/tables.ts'

export type PaymentStatus = PaymentsStatus

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

/** As queries join it to its order or deposit; nothing in it where `payment_status` is null. */
export interface PaymentColumns
  extends Pick<
    PaymentsRow,
    'total_payment' | 'qr_string' | 'checkout_url' | 'expires_at' | 'chat_id' | 'message_id'
  > {
  readonly payment_status: PaymentsRow['status'] | null
  readonly payment_amount: PaymentsRow['amount']
  readonly fee: PaymentsRow['fee']
}

export function toPaymentView(row: PaymentColumns): PaymentView | null {
  if (row.payment_status === null) return null
  return {
    status: row.payment_status,
    amount: parseMoney('IDR', row.payment_amount),
    fee: parseMoney('IDR', row.fee),
    totalPayment: parseMoney('IDR', row.total_payment),
    qrString: row.qr_string,
    checkoutUrl: row.checkout_url,
    expiresAt: row.expires_at,
    chatId: row.chat_id,
    messageId: row.message_id,
  }
}
