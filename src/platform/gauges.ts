/** What waits in every system's database, for those who watch it; asked at each scrape. */
import type { Database } from '../postgres/database.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Metrics } from './http/metrics.ts'

export function databaseGauges(db: Database, metrics: Metrics): void {
  countGauge(
    db,
    metrics,
    'niaga_audit_outbox_waiting',
    'Audit rows that are not yet in the permanent record',
    sql`select count(*)::int4 as value from audit.outbox`,
  )
  countGauge(
    db,
    metrics,
    'niaga_jobs_dead',
    'Jobs that failed for good and wait for a person',
    sql`select count(*)::int4 as value from graphile_worker._private_jobs where attempts >= max_attempts`,
  )
}

/** `query` answers one row with a `value`. */
export function countGauge(db: Database, metrics: Metrics, name: string, help: string, query: Sql): void {
  metrics.gauge({ name, help, read: async () => [await db.one<{ value: number }>(query)] })
}
