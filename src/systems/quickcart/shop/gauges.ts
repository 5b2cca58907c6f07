/** What waits in the shop, for those who watch it; asked at each scrape. */
import type { Metrics } from '../../../platform/http/metrics.ts'
import { type Sql, sql } from '../../../postgres/sql.ts'
import type { Store } from '../store.ts'

export function shopGauges({ db }: Store, metrics: Metrics): void {
  const count = (name: string, help: string, query: Sql) =>
    metrics.gauge({ name, help, read: async () => [await db.one<{ value: number }>(query)] })
  count(
    'niaga_audit_outbox_waiting',
    'Audit rows that are not yet in the permanent record',
    sql`select count(*)::int4 as value from audit.outbox`,
  )
  count(
    'niaga_jobs_dead',
    'Jobs that failed for good and wait for a person',
    sql`select count(*)::int4 as value from graphile_worker._private_jobs where attempts >= max_attempts`,
  )
  count(
    'quickcart_messages_waiting',
    'Telegram messages that are not yet sent',
    sql`select count(*)::int4 as value from telegram_outbox where status in ('queued', 'sending')`,
  )
}
