/** The payment inside an order or a deposit, as the API answers it. */
import { type Static, Type } from 'typebox'
import { formatMoney } from '../../../kernel/money.ts'
import { Amount, Instant, nullable } from '../../../platform/http/schemas.ts'
import type { PaymentView } from './payment-view.ts'

export const PaymentAnswer = Type.Object({
  status: Type.String(),
  amount: Amount,
  fee: Amount,
  total_payment: Amount,
  qr_string: nullable(Type.String()),
  checkout_url: nullable(Type.String()),
  expires_at: Instant,
})

export function toPaymentAnswer(payment: PaymentView): Static<typeof PaymentAnswer> {
  return {
    status: payment.status,
    amount: formatMoney('IDR', payment.amount),
    fee: formatMoney('IDR', payment.fee),
    total_payment: formatMoney('IDR', payment.totalPayment),
    qr_string: payment.qrString,
    checkout_url: payment.checkoutUrl,
    expires_at: payment.expiresAt,
  }
}
