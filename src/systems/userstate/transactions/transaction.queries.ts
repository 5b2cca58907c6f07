import type { Db } from '../../../postgres/database.ts'
import { type Sql, sql } from '../../../postgres/sql.ts'
import {
  type TransactionStatus,
  type TransactionView,
  transactionColumns,
  transactionSource,
} from './transaction-view.ts'

export async function selectTransaction(db: Db, id: bigint): Promise<TransactionView | undefined> {
  return await db.maybeOne<TransactionView>(sql`
    select ${transactionColumns} from ${transactionSource} where t.id = ${id}`)
}

export interface TransactionFilter {
  readonly username?: string
  readonly type?: string
  readonly status?: TransactionStatus
  readonly invoice?: string
  readonly xenditInvoice?: string
  /** Paid, and no transfer says so. */
  readonly unbacked?: true
  readonly from?: Date
  /** Exclusive. */
  readonly to?: Date
}

/** Newest first; `before`: creation time as the cursor wrote it, and id. */
export async function selectTransactions(
  db: Db,
  filter: TransactionFilter,
  limit: number,
  before: { readonly at: string; readonly id: number } | undefined,
): Promise<(TransactionView & { readonly cursorAt: string })[]> {
  const conditions = conditionsOf(filter)
  if (before) {
    conditions.push(sql`(t.created_at, t.id) < (${before.at}::timestamptz, ${before.id}::bigint)`)
  }
  // Microseconds, which a Date would cut off.
  return await db.many(sql`
    select ${transactionColumns}, t.created_at::text as "cursorAt" from ${transactionSource}
    ${where(conditions)} order by t.created_at desc, t.id desc limit ${limit}`)
}

/** As the document's "Sum transactions by status". */
export async function sumByStatus(
  db: Db,
  filter: TransactionFilter,
): Promise<{ status: TransactionStatus; count: bigint; total: bigint }[]> {
  return await db.many(sql`
    select t.status, count(*) as count, sum(t.amount) as total from user_transaction t
    ${where(conditionsOf(filter))} group by t.status order by t.status`)
}

function conditionsOf({
  username,
  type,
  status,
  invoice,
  xenditInvoice,
  unbacked,
  from,
  to,
}: TransactionFilter): Sql[] {
  return [
    ...(username === undefined ? [] : [sql`t.username = ${username}`]),
    ...(type === undefined ? [] : [sql`t.type = ${type}`]),
    ...(status === undefined ? [] : [sql`t.status = ${status}`]),
    ...(invoice === undefined ? [] : [sql`t.invoice = ${invoice}`]),
    ...(xenditInvoice === undefined ? [] : [sql`t.xendit_invoice = ${xenditInvoice}`]),
    ...(unbacked === undefined ? [] : [sql`t.status = 'PAID' and t.transfer_id is null`]),
    ...(from === undefined ? [] : [sql`t.created_at >= ${from}`]),
    ...(to === undefined ? [] : [sql`t.created_at < ${to}`]),
  ]
}

function where(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, ' and ')}`
}
