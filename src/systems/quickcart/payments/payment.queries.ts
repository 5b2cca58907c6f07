import type { QrisPayment } from '../../../gateways/pakasir/answers.ts'
import { formatMoney, type Money, parseMoney } from '../../../kernel/money.ts'
import type { Db } from '../../../postgres/database.ts'
import { sql } from '../../../postgres/sql.ts'
import type { Tx } from '../../../postgres/transaction.ts'
import type { PaymentsRow } from '../databases/db_store1/tables.ts'
import type { PaymentStatus } from './payment-view.ts'

export interface Payment {
  readonly invoice: string
  readonly status: PaymentStatus
  readonly amount: Money<'IDR'>
  readonly expiresAt: Date
}

export async function selectPayment(db: Db, invoice: string): Promise<Payment | undefined> {
  const row = await db.maybeOne<Pick<PaymentsRow, 'status' | 'amount' | 'expires_at'>>(
    sql`select status, amount, expires_at from payments where invoice_id = ${invoice}`,
  )
  return (
    row && { invoice, status: row.status, amount: parseMoney('IDR', row.amount), expiresAt: row.expires_at }
  )
}

/** Keeps the payment as it is until the transaction ends. */
export async function lockPaymentStatus(tx: Tx, invoice: string): Promise<PaymentStatus | undefined> {
  const row = await tx.maybeOne<Pick<PaymentsRow, 'status'>>(
    sql`select status from payments where invoice_id = ${invoice} for no key update`,
  )
  return row?.status
}

/** `already`: somebody was faster. `closed`: it was given up meanwhile. `fee_mismatch`: it cannot be shown. */
export type Adopted = 'awaiting' | 'already' | 'closed' | 'fee_mismatch'

export async function adoptGatewayAnswer(
  tx: Tx,
  invoice: string,
  answer: QrisPayment,
  checkoutUrl: string,
): Promise<Adopted> {
  const { outcome } = await tx.one<{ outcome: Adopted }>(sql`
    select adopt_gateway_answer(${invoice}, ${formatMoney('IDR', answer.fee)},
      ${formatMoney('IDR', answer.totalPayment)}, ${answer.qrString}, ${checkoutUrl}, ${answer.expiresAt}) as outcome`)
  return outcome
}

/** `late`: credited to the person's balance instead. `amount_mismatch`: no money moved, the staff is told. */
export type Settled = 'settled' | 'already' | 'late' | 'amount_mismatch'

export async function settle(
  tx: Tx,
  invoice: string,
  amount: Money<'IDR'>,
  completedAt: Date | null,
): Promise<Settled> {
  const { outcome } = await tx.one<{ outcome: Settled }>(
    sql`select settle_payment(${invoice}, ${formatMoney('IDR', amount)}, ${completedAt}) as outcome`,
  )
  return outcome
}

export type Expired = 'expired' | 'already' | 'not_due'

export async function expire(tx: Tx, invoice: string): Promise<Expired> {
  const { outcome } = await tx.one<{ outcome: Expired }>(sql`select expire_payment(${invoice}) as outcome`)
  return outcome
}

/** @throws order_already_paid, order_not_pending, deposit_not_pending */
export async function cancel(tx: Tx, invoice: string, by: 'owner' | 'admin'): Promise<void> {
  await tx.run(sql`select cancel_payment(${invoice}, ${by})`)
}

export type Failed = 'failed' | 'already'

export async function failPayment(
  tx: Tx,
  invoice: string,
  error: 'gateway_unavailable' | 'gateway_fee_mismatch',
): Promise<Failed> {
  const { outcome } = await tx.one<{ outcome: Failed }>(
    sql`select fail_payment(${invoice}, ${error}) as outcome`,
  )
  return outcome
}
