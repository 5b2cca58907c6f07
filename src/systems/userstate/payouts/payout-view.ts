/** A payout as its owner and finance see it. */
import { type Static, Type } from 'typebox'
import { Instant, nullable, oneOf } from '../../../platform/http/schemas.ts'
import { Rupiah } from '../wallet/amounts.ts'

export const PAYOUT_STATUSES = [
  'QUEUED',
  'ACCEPTED',
  'PENDING',
  'SUCCEEDED',
  'FAILED',
  'CANCELLED',
  'REVERSED',
] as const
export type PayoutStatus = (typeof PAYOUT_STATUSES)[number]

/** Rupiah are numbers of whole ones. */
export interface PayoutView {
  readonly id: bigint
  readonly username: string
  readonly transactionId: bigint
  readonly bankAccountId: number
  /** Our number, and the gateway's idempotency key. */
  readonly reference: string
  readonly xenditPayout: string | null
  readonly channelCode: string
  readonly last4: string
  readonly holderName: string
  readonly amount: number
  readonly fee: number
  readonly status: PayoutStatus
  readonly failureCode: string | null
  readonly createdAt: Date
  readonly completedAt: Date | null
}

const text = nullable(Type.String())

export const PayoutAnswer = Type.Object({
  id: Type.String({ pattern: '^[0-9]+$' }),
  username: Type.String(),
  transaction_id: Type.String({ pattern: '^[0-9]+$' }),
  bank_account_id: Type.Integer(),
  reference_id: Type.String(),
  channel_code: Type.String(),
  account_last4: Type.String(),
  account_holder_name: Type.String(),
  amount: Rupiah,
  fee: Rupiah,
  status: oneOf(PAYOUT_STATUSES),
  failure_code: text,
  created_at: Instant,
  completed_at: nullable(Instant),
})

export function toPayoutAnswer(view: PayoutView): Static<typeof PayoutAnswer> {
  return {
    id: String(view.id),
    username: view.username,
    transaction_id: String(view.transactionId),
    bank_account_id: view.bankAccountId,
    reference_id: view.reference,
    channel_code: view.channelCode,
    account_last4: view.last4,
    account_holder_name: view.holderName,
    amount: String(view.amount),
    fee: String(view.fee),
    status: view.status,
    failure_code: view.failureCode,
    created_at: view.createdAt,
    completed_at: view.completedAt,
  }
}
