/** What waits in the shop, for those who watch it. */
import { countGauge, databaseGauges } from '../../../platform/gauges.ts'
import type { Metrics } from '../../../platform/http/metrics.ts'
import { sql } from '../../../postgres/sql.ts'
import type { Store } from '../store.ts'

export function shopGauges({ db }: Store, metrics: Metrics): void {
  databaseGauges(db, metrics)
  countGauge(
    db,
    metrics,
    'quickcart_messages_waiting',
    'Telegram messages that are not yet sent',
    sql`select count(*)::int4 as value from telegram_outbox where status in ('queued', 'sending')`,
  )
}
