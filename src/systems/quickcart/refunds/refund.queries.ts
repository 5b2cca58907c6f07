/** Reading refunds; what changes one is a SQL function of `db_store1`. */
import { parseMoney } from '../../../kernel/money.ts'
import type { Db } from '../../../postgres/database.ts'
import { sql } from '../../../postgres/sql.ts'
import { type UserId, userId } from '../accounts/user-id.ts'
import type { OrdersRow, RefundsRow } from '../databases/db_store1/tables.ts'
import type { RefundStatus, RefundView } from './refund-view.ts'

type RefundRow = Pick<
  RefundsRow,
  | 'id'
  | 'user_id'
  | 'base_amount'
  | 'days_used'
  | 'claims_count'
  | 'multiplier'
  | 'amount'
  | 'status'
  | 'decided_by'
  | 'reason'
  | 'created_at'
> &
  Pick<OrdersRow, 'invoice_id'>

const columns =
  sql.raw(`r.id, o.invoice_id, r.user_id, r.base_amount, r.days_used, r.claims_count, r.multiplier,
  r.amount, r.status, r.decided_by, r.reason, r.created_at`)

export async function selectRefund(db: Db, id: bigint): Promise<RefundView | undefined> {
  const row = await db.maybeOne<RefundRow>(
    sql`select ${columns} from refunds r join orders o on o.id = r.order_id where r.id = ${id}`,
  )
  return row && toRefundView(row)
}

export interface RefundFilter {
  readonly status?: RefundStatus
  /** Only refunds older than this one. */
  readonly beforeId?: bigint
  readonly limit: number
}

/** Newest first, one more than `limit` where there are more. */
export async function selectRefunds(db: Db, filter: RefundFilter): Promise<readonly RefundView[]> {
  const { status, beforeId, limit } = filter
  const conditions = [
    sql`true`,
    ...(status === undefined ? [] : [sql`r.status = ${status}`]),
    ...(beforeId === undefined ? [] : [sql`r.id < ${beforeId}`]),
  ]
  const rows = await db.many<RefundRow>(sql`
    select ${columns} from refunds r join orders o on o.id = r.order_id
      where ${sql.join(conditions, ' and ')} order by r.id desc limit ${limit + 1}`)
  return rows.map(toRefundView)
}

/** Invoices of paid orders whose money may still be asked back, newest first. For a chat's buttons: ten at most. */
export async function selectRefundable(db: Db, user: UserId): Promise<readonly string[]> {
  const rows = await db.many<Pick<OrdersRow, 'invoice_id'>>(sql`
    select o.invoice_id from orders o
      where o.user_id = ${user} and o.status = 'paid' and o.subtotal > o.voucher_discount
        and days_since_paid(o) < (setting('refund_formula') ->> 'days')::int
        and not exists (select from refunds r where r.order_id = o.id and r.status <> 'rejected')
      order by o.id desc limit 10`)
  return rows.map((row) => row.invoice_id)
}

function toRefundView(row: RefundRow): RefundView {
  return {
    id: row.id,
    invoice: row.invoice_id,
    userId: userId(row.user_id),
    base: parseMoney('IDR', row.base_amount),
    daysUsed: row.days_used,
    claims: row.claims_count,
    multiplier: row.multiplier,
    amount: parseMoney('IDR', row.amount),
    status: row.status,
    decidedBy: row.decided_by,
    reason: row.reason,
    createdAt: row.created_at,
  }
}
