/** The history of a person, merged from orders, deposits, refunds and the ledger (QuickCart, UC 13). */
import type { Decimal } from '../../../kernel/money.ts'
import type { Db } from '../../../postgres/database.ts'
import { sql } from '../../../postgres/sql.ts'
import type { UserId } from './user-id.ts'

export interface Transaction {
  /** order, deposit, refund, or the ledger's word for what else moved the balance: adj, late, opening. */
  readonly kind: string
  /** An invoice, or the ledger's reference. */
  readonly reference: string
  /** Of the order, deposit or refund; `posted` for movements of the ledger. */
  readonly status: string
  /** What an order cost; what the others change the balance by, or would. */
  readonly amount: Decimal
  readonly created_at: Date
}

export interface TransactionRow extends Transaction {
  /** Microseconds since 1970: what a Date would round. */
  readonly at: bigint
}

/** In the order of the history: time, then reference. */
export interface TransactionKey {
  readonly at: number
  readonly reference: string
}

/** Newest first, at most `limit` beyond the key: older ones, or the newer ones next to it. */
export async function selectTransactions(
  db: Db,
  user: UserId,
  { way, key, limit }: { way: 'older' | 'newer'; key: TransactionKey; limit: number },
): Promise<readonly TransactionRow[]> {
  const [beyond, order] = way === 'older' ? [sql.raw('<'), sql.raw('desc')] : [sql.raw('>'), sql.raw('asc')]
  const from = sql`('epoch'::timestamptz + ${key.at}::bigint * interval '1 microsecond', ${key.reference}::text)`
  const account = await accountOf(db, user)
  // Each part stops by itself after `limit` rows, by its own index.
  const rows = await db.many<TransactionRow>(sql`
    select h.kind, h.reference, h.status, h.amount::numeric(15,2) as amount, h.created_at,
        (extract(epoch from h.created_at) * 1000000)::bigint as at
    from (
      (select 'order' as kind, o.invoice_id::text as reference, o.status::text, o.total_bill as amount, o.created_at
        from orders o where o.user_id = ${user} and (o.created_at, o.invoice_id::text) ${beyond} ${from}
        order by o.created_at ${order}, o.invoice_id ${order} limit ${limit})
      union all
      (select 'deposit', d.invoice_id, d.status, d.amount, d.created_at
        from deposits d where d.user_id = ${user} and (d.created_at, d.invoice_id::text) ${beyond} ${from}
        order by d.created_at ${order}, d.invoice_id ${order} limit ${limit})
      union all
      (select 'refund', 'refund:' || r.id, r.status, r.amount, r.created_at
        from refunds r where r.user_id = ${user} and (r.created_at, 'refund:' || r.id) ${beyond} ${from}
        order by r.created_at ${order}, 2 ${order} limit ${limit})
      union all
      (select e.kind, e.reference, 'posted', ledger.decimal(e.amount, 'IDR'), e.posted_at
        from ledger.entry e
        where e.account = ${account}
          and e.kind not in ('order', 'deposit', 'refund') and (e.posted_at, e.reference) ${beyond} ${from}
        order by e.posted_at ${order}, e.reference ${order} limit ${limit})) h
    order by h.created_at ${order}, h.reference ${order} limit ${limit}`)
  return way === 'older' ? rows : rows.toReversed()
}

/**
 * Asked for by itself: only where the planner knows the account does it see that a person has few of the transfers, and
 * not, as the shop's own accounts, millions. Null before anything was posted.
 */
async function accountOf(db: Db, user: UserId): Promise<bigint | null> {
  const found = await db.maybeOne<{ id: bigint }>(sql`
    select a.id from ledger.account a where a.name = ${`user.${user}`}`)
  return found?.id ?? null
}

export async function countTransactions(db: Db, user: UserId): Promise<number> {
  const account = await accountOf(db, user)
  const { n } = await db.one<{ n: number }>(sql`
    select ((select count(*) from orders where user_id = ${user})
      + (select count(*) from deposits where user_id = ${user})
      + (select count(*) from refunds where user_id = ${user})
      + (select count(*) from ledger.entry e
        where e.account = ${account}
          and e.kind not in ('order', 'deposit', 'refund')))::int as n`)
  return n
}
