/** A row of user_transaction as people and services see it. */
import { type Static, Type } from 'typebox'
import { Instant, nullable, oneOf } from '../../../platform/http/schemas.ts'
import { type Sql, sql } from '../../../postgres/sql.ts'
import { Rupiah } from '../wallet/amounts.ts'

export const STATUSES = ['PENDING', 'PAID', 'EXPIRED', 'CANCELLED', 'FAILED'] as const
export type TransactionStatus = (typeof STATUSES)[number]

/** Rupiah are numbers of whole ones. */
export interface TransactionView {
  readonly id: bigint
  readonly username: string
  readonly type: string
  readonly amount: number
  readonly status: TransactionStatus
  readonly src: string | null
  readonly invoice: string
  readonly url: string | null
  readonly payee: string | null
  readonly parentId: bigint | null
  readonly description: string | null
  readonly freightCharge: number | null
  readonly insuranceAmount: number | null
  readonly commission: number | null
  readonly invoiceOnmarket: string | null
  readonly onbookingCode: string | null
  /** The sum really paid, the gross price or the sum sent: see the specification, section 2. */
  readonly amount2: string | null
  readonly gatewayError: string | null
  readonly expiredAt: Date | null
  readonly paidAt: Date | null
  readonly createdAt: Date
  /** Of the wallet, where this moved it. */
  readonly balanceAfter: bigint | null
}

/** `from` of queries: `t` is the row; its columns are `transactionColumns`. */
export const transactionSource: Sql = sql.raw(`
  user_transaction t
  left join ledger.transfer moved on moved.id = t.transfer_id
  left join ledger.account wallet on wallet.name = 'wallet:' || t.username
    and wallet.id in (moved.debit, moved.credit)`)

export const transactionColumns: Sql = sql.raw(`
  t.id, t.username, t.type, t.amount, t.status, t.src, t.invoice, t.xendit_url as url, t.payee,
  t.parent_id as "parentId", t.description, t.freight_charge as "freightCharge",
  t.insurance_amount as "insuranceAmount", t.commission_onmarket as commission,
  t.invoice_onmarket as "invoiceOnmarket", t.onbooking_code as "onbookingCode", t.amount_2 as amount2,
  t.gateway_error as "gatewayError", t.expired_at as "expiredAt", t.paid_at as "paidAt", t.created_at as "createdAt",
  case wallet.id when moved.debit then moved.debit_balance when moved.credit then moved.credit_balance end
    as "balanceAfter"`)

const text = nullable(Type.String())
const rupiah = nullable(Rupiah)

export const TransactionAnswer = Type.Object({
  id: Type.String({ pattern: '^[0-9]+$' }),
  username: Type.String(),
  type: Type.String(),
  direction: oneOf(['credit', 'debit']),
  amount: Rupiah,
  status: oneOf(STATUSES),
  src: text,
  invoice: Type.String(),
  xendit_url: nullable(
    Type.String({ description: 'Where the payer pays; null until the gateway has made it' }),
  ),
  payee: text,
  parent_id: nullable(Type.String({ pattern: '^[0-9]+$' })),
  description: text,
  freight_charge: rupiah,
  insurance_amount: rupiah,
  commission_onmarket: rupiah,
  invoice_onmarket: text,
  onbooking_code: text,
  amount_2: text,
  gateway_error: text,
  expired_at: nullable(Instant),
  paid_at: nullable(Instant),
  created_at: Instant,
  balance_after: nullable(
    Type.String({ pattern: '^-?[0-9]+$', description: 'Of the wallet, where this moved it' }),
  ),
})

export function toTransactionAnswer(view: TransactionView): Static<typeof TransactionAnswer> {
  return {
    id: String(view.id),
    username: view.username,
    type: view.type,
    direction: directionOf(view),
    amount: String(view.amount),
    status: view.status,
    src: view.src,
    invoice: view.invoice,
    xendit_url: view.url,
    payee: view.payee,
    parent_id: view.parentId === null ? null : String(view.parentId),
    description: view.description,
    freight_charge: asText(view.freightCharge),
    insurance_amount: asText(view.insuranceAmount),
    commission_onmarket: asText(view.commission),
    invoice_onmarket: view.invoiceOnmarket,
    onbooking_code: view.onbookingCode,
    amount_2: view.amount2,
    gateway_error: view.gatewayError,
    expired_at: view.expiredAt,
    paid_at: view.paidAt,
    created_at: view.createdAt,
    balance_after: asText(view.balanceAfter),
  }
}

function directionOf({ type, src }: TransactionView): 'credit' | 'debit' {
  const isDebit = type === 'PAYMENT' || type === 'PAYOUT' || src === 'ADMIN_DEBIT'
  return isDebit ? 'debit' : 'credit'
}

function asText(amount: number | bigint | null): string | null {
  return amount === null ? null : String(amount)
}
