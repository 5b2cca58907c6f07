/** The answers of the gateway: what is checked before any of it is believed (QuickCart, section 7.4). */
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { type Money, wholeMoney } from '../../kernel/money.ts'
import { MAX_WHOLE } from '../amounts.ts'
import { PakasirError } from './errors.ts'
import { parseTimestamp } from './timestamps.ts'

export const wholeRupiah = Type.Integer({ minimum: 0, maximum: MAX_WHOLE })

const createAnswer = Compile(
  Type.Object({
    payment: Type.Object({
      project: Type.String(),
      order_id: Type.String(),
      amount: wholeRupiah,
      fee: wholeRupiah,
      total_payment: wholeRupiah,
      payment_method: Type.Literal('qris'),
      payment_number: Type.String({ minLength: 20, maxLength: 1024 }),
      expired_at: Type.String(),
    }),
  }),
)

const transaction = Type.Object({
  amount: wholeRupiah,
  order_id: Type.String(),
  project: Type.String(),
  status: Type.Union([
    Type.Literal('completed'),
    Type.Literal('pending'),
    Type.Literal('canceled'),
    Type.Literal('cancelled'),
    Type.Literal('expired'),
  ]),
  payment_method: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  completed_at: Type.Optional(Type.Union([Type.String(), Type.Null()])),
})
const detailAnswer = Compile(Type.Object({ transaction }))

/** A transaction as created. `fee` and `totalPayment` are the gateway's word: compare them with your own. */
export interface QrisPayment {
  readonly amount: Money<'IDR'>
  readonly fee: Money<'IDR'>
  readonly totalPayment: Money<'IDR'>
  /** The EMV payload to draw as QR. */
  readonly qrString: string
  readonly expiresAt: Date
}

type PakasirStatus = 'completed' | 'pending' | 'cancelled' | 'expired'

/** A transaction as the gateway tells it. It counts as paid only where project, order and amount are yours. */
export interface PakasirTransaction {
  readonly status: PakasirStatus
  readonly amount: Money<'IDR'>
  readonly orderId: string
  readonly project: string
  readonly completedAt: Date | null
  readonly paymentMethod: string | null
}

/** @throws PakasirError `malformed` where the answer is not the payment that was asked for */
export function readPayment(
  answer: unknown,
  asked: { project: string; orderId: string; whole: number },
): QrisPayment {
  if (!createAnswer.Check(answer)) throw malformed('create')
  const { payment } = answer
  const expiresAt = parseTimestamp(payment.expired_at)
  const ours =
    payment.project === asked.project && payment.order_id === asked.orderId && payment.amount === asked.whole
  if (!ours || !expiresAt) throw malformed('create')
  return {
    amount: wholeMoney('IDR', payment.amount),
    fee: wholeMoney('IDR', payment.fee),
    totalPayment: wholeMoney('IDR', payment.total_payment),
    qrString: payment.payment_number,
    expiresAt,
  }
}

/** @throws PakasirError `malformed`, also for a status that the protocol does not know */
export function readTransaction(answer: unknown): PakasirTransaction {
  if (!detailAnswer.Check(answer)) throw malformed('detail')
  const { amount, order_id, project, status, payment_method, completed_at } = answer.transaction
  return {
    status: statusOf(status),
    amount: wholeMoney('IDR', amount),
    orderId: order_id,
    project,
    completedAt: parseTimestamp(completed_at ?? '') ?? null,
    paymentMethod: payment_method ?? null,
  }
}

/** Both spellings are in use. */
function statusOf(status: Static<typeof transaction>['status']): PakasirStatus {
  return status === 'canceled' ? 'cancelled' : status
}

function malformed(call: string): PakasirError {
  return new PakasirError('malformed', `${call}: the answer is not what the protocol promises`)
}
