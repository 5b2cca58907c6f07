/** Reading the permanent record (QuickCart, §9; UserState, §12). */
import { decodeCursor, type Page, toPage } from '../../kernel/cursor.ts'
import type { Db } from '../../postgres/database.ts'
import { sql } from '../../postgres/sql.ts'
import type { AuditLogsRow } from './record/tables.ts'

export interface AuditFilter {
  readonly entityType?: string
  readonly entityId?: string
  readonly actorId?: bigint
  /** Whoever is known by another name than a number. */
  readonly actor?: string
  readonly action?: string
  readonly from?: Date
  readonly to?: Date
  readonly cursor?: string
  readonly limit: number
}

export type AuditRow = Pick<
  AuditLogsRow,
  | 'id'
  | 'timestamp'
  | 'actor_id'
  | 'actor_type'
  | 'entity_type'
  | 'entity_id'
  | 'action'
  | 'before_state'
  | 'after_state'
  | 'context'
  | 'ip_address'
  | 'row_hash'
> & {
  /** The number, or the name where it is none. */
  readonly actor: string | null
}

/** Newest first. @throws bad_request for a wrong cursor */
export async function searchAudit(audits: Db, filter: AuditFilter): Promise<Page<AuditRow>> {
  const { entityType, entityId, actorId, actor, action, from, to, cursor, limit } = filter
  const before = cursor === undefined ? undefined : decodeCursor(cursor, ['number'] as const)[0]
  const conditions = [
    sql`true`,
    ...(entityType === undefined ? [] : [sql`entity_type = ${entityType}`]),
    ...(entityId === undefined ? [] : [sql`entity_id = ${entityId}`]),
    ...(actorId === undefined ? [] : [sql`actor_id = ${actorId}`]),
    ...(actor === undefined ? [] : [sql`coalesce(actor_id::text, context ->> 'actor') = ${actor}`]),
    ...(action === undefined ? [] : [sql`action = ${action}`]),
    ...(from === undefined ? [] : [sql`timestamp >= ${from}`]),
    ...(to === undefined ? [] : [sql`timestamp < ${to}`]),
    ...(before === undefined ? [] : [sql`id < ${before}`]),
  ]
  const rows = await audits.many<AuditRow>(sql`
    select id, timestamp, actor_id, coalesce(actor_id::text, context ->> 'actor') as actor, actor_type, entity_type,
        entity_id, action, before_state, after_state, context, host(ip_address) as ip_address, row_hash
      from audit_logs where ${sql.join(conditions, ' and ')} order by id desc limit ${limit + 1}`)
  return toPage(
    rows,
    limit,
    ({ id }) => [Number(id)],
    (row) => row,
  )
}
