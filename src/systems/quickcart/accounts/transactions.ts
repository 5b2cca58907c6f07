import { decodeCursor, type Page, toPage } from '../../../kernel/cursor.ts'
import type { Decimal } from '../../../kernel/money.ts'
import { sql } from '../../../postgres/sql.ts'
import type { Store } from '../store.ts'
import type { UserId } from './user-id.ts'

export interface Transaction {
  /** order, deposit, or the ledger's word for what touched the balance: adj, late, opening, refund. */
  readonly kind: string
  /** An invoice, or the ledger's reference. */
  readonly reference: string
  readonly status: string
  /** What was paid for orders and deposits; what the balance changed by for the others. */
  readonly amount: Decimal
  readonly created_at: Date
}

interface TransactionRow extends Transaction {
  /** Microseconds since 1970: what a Date would round. */
  readonly at: bigint
}

/** Orders, deposits and other movements of the balance, newest first. @throws bad_request for a wrong cursor */
export async function listTransactions(
  store: Store,
  user: UserId,
  { cursor, limit }: { readonly cursor?: string; readonly limit: number },
): Promise<Page<Transaction>> {
  const [at, reference] =
    cursor === undefined ? [Number.MAX_SAFE_INTEGER, ''] : decodeCursor(cursor, ['number', 'string'] as const)
  const rows = await store.db.many<TransactionRow>(sql`
    select h.kind, h.reference, h.status, h.amount::numeric(15,2) as amount, h.created_at, h.at from (
      select m.*, (extract(epoch from m.created_at) * 1000000)::bigint as at from (
        select 'order' as kind, invoice_id as reference, status, total_bill as amount, created_at
          from orders where user_id = ${user}
        union all
        select 'deposit', invoice_id, status, total_bill, created_at from deposits where user_id = ${user}
        union all
        select t.kind, t.reference, 'posted',
            case when t.credit = a.id then t.amount else -t.amount end / 100.0, t.posted_at
          from ledger.account a join ledger.transfer t on a.id in (t.debit, t.credit)
          where a.name = ${`user.${user}`} and t.kind in ('adj', 'late', 'refund', 'opening')) m) h
    where (h.at, h.reference) < (${at}::bigint, ${reference}::text)
    order by h.at desc, h.reference desc limit ${limit + 1}`)
  return toPage(
    rows,
    limit,
    (row) => [Number(row.at), row.reference],
    ({ at: _, ...transaction }) => transaction,
  )
}
