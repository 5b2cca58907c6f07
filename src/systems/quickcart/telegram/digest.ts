/**
 * Many order notices within a minute become one message (QuickCart, §8). The database decides and keeps count
 * (merge_order_notice), so that several senders and a crash agree on it.
 */
import { systemCaller } from '../../../kernel/caller.ts'
import { type Decimal, type Money, parseMoney } from '../../../kernel/money.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'
import { textPayload } from './message.ts'
import { isOrderNotice, type OrderNotice, staffDigest } from './messages/digest.ts'
import { call, type Notices } from './notice.ts'
import type { OutboxRow } from './outbox.queries.ts'

/** The row as it is to be sent now; undefined where it waits for others, or belongs to another sender meanwhile. */
export async function mergeOrderNotice(store: Store, row: OutboxRow): Promise<OutboxRow | undefined> {
  if (!isOrderNotice(row.payload.kind)) return row
  const { payload } = await inTransaction(store.db, systemCaller, (tx) =>
    tx.one<{ payload: OutboxRow['payload'] | null }>(
      sql`select merge_order_notice(${row.id}, ${row.attempts}) as payload`,
    ),
  )
  if (payload === null) return undefined
  return payload.kind === 'staff_digest' ? { ...row, payload, ref_type: null, ref_id: null } : row
}

export const digestNotices: Notices = {
  async staff_digest(store, row) {
    const { sums, invoices } = await contentOf(store, row)
    return await call(store, row, 'sendMessage', textPayload(staffDigest(sums, invoices)))
  },
}

interface Content {
  readonly sums: readonly { kind: OrderNotice; count: number; total: Money<'IDR'> }[]
  readonly invoices: readonly string[]
}

async function contentOf(store: Store, row: OutboxRow): Promise<Content> {
  const notices = sql.json(row.payload.notices ?? [])
  const sums = await store.db.many<{ kind: string; count: number; total: Decimal; invoices: string[] }>(sql`
    -- One look by number for each: joined, a few notices would read a table of millions whole.
    select n.kind, count(*)::int as count,
        coalesce(sum(coalesce(
          (select o.total_bill from orders o where o.invoice_id = n.invoice),
          (select d.total_bill from deposits d where d.invoice_id = n.invoice)
        )), 0)::numeric(15,2) as total,
        array_agg(n.invoice order by n.invoice) as invoices
      from jsonb_to_recordset(${notices}::jsonb) as n (kind text, invoice text)
      group by n.kind order by n.kind`)
  return {
    sums: sums.flatMap(({ kind, count, total }) =>
      isOrderNotice(kind) ? [{ kind, count, total: parseMoney('IDR', total) }] : [],
    ),
    invoices: sums.flatMap(({ invoices }) => invoices),
  }
}
