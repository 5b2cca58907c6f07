/** Deposits as the API reads and writes them. */
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
import { Invoice } from '../shop/schemas.ts'
import type { DepositView } from './deposit-view.ts'

const Status = oneOf(['pending', 'paid', 'expired', 'cancelled'])

export const DepositBody = strictObject({ amount: AmountInput })

export const DepositsQuery = pageQuery({ status: Type.Optional(Status) })

export const DepositAnswer = Type.Object({
  invoice: Invoice,
  status: Status,
  amount: Amount,
  fee: Amount,
  total: Amount,
  payment: nullable(PaymentAnswer),
  created_at: Instant,
})

export const DepositsAnswer = PageOf(DepositAnswer)

/** An admin sees whose it is. */
export const AnyDepositsAnswer = PageOf(
  Type.Object({ ...DepositAnswer.properties, user_id: Type.String({ pattern: '^[0-9]+$' }) }),
)

export function toDepositAnswer(deposit: DepositView): Static<typeof DepositAnswer> {
  return {
    invoice: deposit.invoice,
    status: deposit.status,
    amount: formatMoney('IDR', deposit.amount),
    fee: formatMoney('IDR', deposit.fee),
    total: formatMoney('IDR', deposit.total),
    payment: deposit.payment && toPaymentAnswer(deposit.payment),
    created_at: deposit.createdAt,
  }
}
