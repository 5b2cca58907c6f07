/** What the staff is told of by the watching jobs (databases/db_store1: watch_velocity, watch_stock). */
import { sql } from '../../../postgres/sql.ts'
import type { Store } from '../store.ts'
import { type Message, textPayload } from './message.ts'
import {
  auditBroken,
  booksDiffer,
  isUnusual,
  type LowProduct,
  lowStock,
  unusualBuying,
} from './messages/watch.ts'
import { call, type Notices } from './notice.ts'
import type { OutboxRow } from './outbox.queries.ts'
import { type Sent, skipped } from './sent.ts'

export const watchNotices: Notices = {
  staff_velocity: withFacts(({ payload: { news } }) =>
    unusualBuying(Array.isArray(news) ? news.filter(isUnusual) : []),
  ),
  staff_books_differ: withFacts(({ payload }) => booksDiffer(payload)),
  staff_audit_broken: withFacts(({ payload }) => auditBroken(payload)),
  staff_low_stock: tellLowStock,
}

function withFacts(render: (row: OutboxRow) => Message): Notices[string] {
  return async (store, row) => await call(store, row, 'sendMessage', textPayload(render(row)))
}

/** The counts of the moment they were found low; the names of now. */
async function tellLowStock(store: Store, row: OutboxRow): Promise<Sent> {
  const products = await store.db.many<LowProduct>(sql`
    select p.id, p.name, low.value::int as available
      from jsonb_each_text(${sql.json(row.payload.products)}::jsonb) low join products p on p.id = low.key::int
      order by available, p.id`)
  if (products.length === 0) return skipped('the products are gone')
  return await call(store, row, 'sendMessage', textPayload(lowStock(products)))
}
