import type { Money } from '../../../kernel/money.ts'

export type SimulatedStatus = 'pending' | 'completed' | 'canceled' | 'expired'

export interface SimulatedTransaction {
  readonly orderId: string
  /** Net amount, as created. */
  readonly amount: Money<'IDR'>
  readonly fee: Money<'IDR'>
  readonly total: Money<'IDR'>
  readonly qrString: string
  readonly createdAt: Date
  expiresAt: Date
  state: 'pending' | 'completed' | 'canceled'
  completedAt: Date | undefined
  /** Net amount that the gateway reports as paid; another one than `amount` only by script. */
  reportedAmount: Money<'IDR'>
}

export function statusAt(transaction: SimulatedTransaction, now: Date): SimulatedStatus {
  const overdue = transaction.state === 'pending' && now >= transaction.expiresAt
  return overdue ? 'expired' : transaction.state
}
