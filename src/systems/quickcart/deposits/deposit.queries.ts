/** Reading deposits; every statement that changes one is a SQL function of `db_store1`. */
import { parseMoney } from '../../../kernel/money.ts'
import type { Db } from '../../../postgres/database.ts'
import { type Sql, sql } from '../../../postgres/sql.ts'
import { type UserId, userId } from '../accounts/user-id.ts'
import type { DepositsRow } from '../databases/db_store1/tables.ts'
import { type PaymentColumns, toPaymentView } from '../payments/payment-view.ts'
import type { DepositStatus, DepositView } from './deposit-view.ts'

interface DepositRow
  extends PaymentColumns,
    Pick<DepositsRow, 'id' | 'invoice_id' | 'user_id' | 'amount' | 'total_bill' | 'status' | 'created_at'> {
  readonly payment_fee: DepositsRow['payment_fee']
}

export async function selectDeposit(db: Db, invoice: string): Promise<DepositView | undefined> {
  const row = await db.maybeOne<DepositRow>(deposits(sql`where d.invoice_id = ${invoice}`))
  return row && toView(row)
}

export async function selectPendingDeposit(db: Db, owner: UserId): Promise<DepositView | undefined> {
  const row = await db.maybeOne<DepositRow>(
    deposits(sql`where d.user_id = ${owner} and d.status = 'pending'`),
  )
  return row && toView(row)
}

export interface DepositFilter {
  readonly owner?: UserId
  readonly status?: DepositStatus
  /** Only deposits older than the one with this number. */
  readonly beforeId?: number
  readonly limit: number
}

/** With the number that orders them. */
export interface ListedDeposit {
  readonly view: DepositView
  readonly id: number
}

/** Newest first, one row more than `limit` where there are more. */
export async function selectDeposits(db: Db, filter: DepositFilter): Promise<readonly ListedDeposit[]> {
  const { owner, status, beforeId = Number.MAX_SAFE_INTEGER, limit } = filter
  const conditions = [
    sql`d.id < ${beforeId}`,
    ...(owner === undefined ? [] : [sql`d.user_id = ${owner}`]),
    ...(status === undefined ? [] : [sql`d.status = ${status}`]),
  ]
  const rows = await db.many<DepositRow>(
    deposits(sql`where ${sql.join(conditions, ' and ')} order by d.id desc limit ${limit + 1}`),
  )
  return rows.map((row) => ({ view: toView(row), id: Number(row.id) }))
}

function deposits(tail: Sql): Sql {
  return sql`
    select d.id, d.invoice_id, d.user_id, d.amount, d.payment_fee, d.total_bill, d.status, d.created_at,
        p.status as payment_status, p.amount as payment_amount, p.fee, p.total_payment, p.qr_string, p.checkout_url,
        p.expires_at, p.chat_id, p.message_id
      from deposits d left join payments p on p.deposit_id = d.id ${tail}`
}

function toView(row: DepositRow): DepositView {
  return {
    kind: 'deposit',
    invoice: row.invoice_id,
    userId: userId(row.user_id),
    status: row.status,
    amount: parseMoney('IDR', row.amount),
    fee: parseMoney('IDR', row.payment_fee),
    total: parseMoney('IDR', row.total_bill),
    payment: toPaymentView(row),
    createdAt: row.created_at,
  }
}
