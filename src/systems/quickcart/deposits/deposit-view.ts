/** A top-up of the balance as its owner, an admin, the bot and the API see it (QuickCart, UC 12). */
import type { Money } from '../../../kernel/money.ts'
import type { UserId } from '../accounts/user-id.ts'
import type { DepositsStatus } from '../databases/db_store1/tables.ts'
import type { PaymentView } from '../payments/payment-view.ts'

export type DepositStatus = DepositsStatus

export interface DepositView {
  readonly kind: 'deposit'
  readonly invoice: string
  readonly userId: UserId
  readonly status: DepositStatus
  /** What is credited; `total` is that plus the fee. */
  readonly amount: Money<'IDR'>
  readonly fee: Money<'IDR'>
  readonly total: Money<'IDR'>
  /** Null where it was imported. */
  readonly payment: PaymentView | null
  readonly createdAt: Date
}
