/** Reading and proving the permanent record (QuickCart, §9). */

import type { Caller } from '../../../kernel/caller.ts'
import { decodeCursor, type Page, toPage } from '../../../kernel/cursor.ts'
import type { AuditLogsRow } from '../../../platform/audit/record/tables.ts'
import { type AuditVerification, verifyAudit } from '../../../platform/audit/verify.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'

export interface AuditFilter {
  readonly entityType?: string
  readonly entityId?: string
  readonly actorId?: bigint
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
>

/** Newest first. @throws bad_request for a wrong cursor */
export async function searchAudit(store: Store, filter: AuditFilter): Promise<Page<AuditRow>> {
  const { entityType, entityId, actorId, action, from, to, cursor, limit } = filter
  const before = cursor === undefined ? undefined : decodeCursor(cursor, ['number'] as const)[0]
  const conditions = [
    sql`true`,
    ...(entityType === undefined ? [] : [sql`entity_type = ${entityType}`]),
    ...(entityId === undefined ? [] : [sql`entity_id = ${entityId}`]),
    ...(actorId === undefined ? [] : [sql`actor_id = ${actorId}`]),
    ...(action === undefined ? [] : [sql`action = ${action}`]),
    ...(from === undefined ? [] : [sql`timestamp >= ${from}`]),
    ...(to === undefined ? [] : [sql`timestamp < ${to}`]),
    ...(before === undefined ? [] : [sql`id < ${before}`]),
  ]
  const rows = await store.audits.many<AuditRow>(sql`
    select id, timestamp, actor_id, actor_type, entity_type, entity_id, action, before_state, after_state, context,
        host(ip_address) as ip_address, row_hash
      from audit_logs where ${sql.join(conditions, ' and ')} order by id desc limit ${limit + 1}`)
  return toPage(
    rows,
    limit,
    ({ id }) => [Number(id)],
    (row) => row,
  )
}

/** Walks the whole chain and notes the outcome in it. */
export async function proveAudit(store: Store, caller: Caller): Promise<AuditVerification> {
  const { db: source, audits: target } = store
  const outcome = await verifyAudit({ source, target, anchorPath: store.anchorPath })
  const { ok, checked, verifiedUpTo, problem, firstBadId } = outcome
  if (!ok) store.log.error({ problem, firstBadId }, 'the audit chain is broken')
  await inTransaction(store.db, caller, (tx) =>
    tx.run(sql`
      select audit.emit('audit_verify', 'audit_logs', ${String(verifiedUpTo)}, null,
        ${sql.json({ ok, checked, problem: problem ?? null, first_bad_id: firstBadId ?? null })})`),
  )
  return outcome
}

/** One anchor per past day is enough; today's stay all. */
export async function thinAnchors(store: Store, caller: Caller): Promise<number> {
  return await inTransaction(store.db, caller, (tx) =>
    tx.run(sql`
      delete from audit_anchors a using (
        select audit_id, row_number() over (
            partition by (anchored_at at time zone 'Asia/Jakarta')::date order by audit_id desc) as place
          from audit_anchors
          where anchored_at < date_trunc('day', niaga.now() at time zone 'Asia/Jakarta') at time zone 'Asia/Jakarta') old
      where a.audit_id = old.audit_id and old.place > 1`),
  )
}
