/** A refund as its customer, an admin, the bot and the API see it. */
import type { Decimal, Money } from '../../../kernel/money.ts'
import type { UserId } from '../accounts/user-id.ts'
import type { RefundsStatus } from '../databases/db_store1/tables.ts'

export type RefundStatus = RefundsStatus

/** What the formula makes of an order. */
export interface RefundQuote {
  readonly invoice: string
  /** What was paid for the goods themselves. */
  readonly base: Money<'IDR'>
  /** Whole days since it was paid. */
  readonly daysUsed: number
  /** Warranty claims on the order's units. */
  readonly claims: number
  /** "0.80" */
  readonly multiplier: Decimal
  /** Whole rupiah. */
  readonly amount: Money<'IDR'>
}

export interface RefundView extends RefundQuote {
  readonly id: bigint
  readonly userId: UserId
  readonly status: RefundStatus
  readonly decidedBy: bigint | null
  /** Why it was rejected. */
  readonly reason: string | null
  readonly createdAt: Date
}
