import { type Sql, sql } from '../../postgres/sql.ts'

/** Keys are promised for 24 h at least; 48 h leaves a caller a whole day of trouble. */
export function purgeIdempotencyKeys(): Sql {
  return sql`delete from niaga.idempotency where created_at < niaga.now() - interval '48 hours'`
}
