/** The ledger, the audit and the queues, by what the shop itself can prove of them. */
import { verifyAudit } from '../../../src/platform/audit/verify.ts'
import { sql } from '../../../src/postgres/sql.ts'
import { ADMIN, type Stage } from '../stage.ts'
import type { Model } from './model.ts'

export async function booksOf({ db }: Stage, model: Model): Promise<void> {
  const rows = await db.many<{ detail: string }>(sql`
    select 'ledger: ' || to_jsonb(v)::text as detail from ledger.verify() v
    union all select 'books: ' || to_jsonb(r)::text from reconcile() r`)
  for (const { detail } of rows) model.violated('books', detail)
}

/** The chain holds, and every change of every order, payment and deposit is in it once. */
export async function auditOf({ db, audits, anchorsOf }: Stage, model: Model): Promise<void> {
  const { ok, problem, firstBadId } = await verifyAudit({
    source: db,
    target: audits,
    anchorPath: anchorsOf('quickcart'),
  })
  if (!ok) model.violated('audit', `${problem} at ${firstBadId}`)
  const { doubled } = await audits.one<{ doubled: number }>(
    sql`select (count(*) - count(distinct event_id))::int as doubled from audit_logs`,
  )
  if (doubled > 0) model.violated('audit', `${doubled} events are there twice`)
  const made = await db.many<{ entity: string; n: number; ended: number }>(sql`
    select 'orders' as entity, count(*)::int as n, count(*) filter (where status <> 'pending')::int as ended from orders
    union all select 'payments', count(*)::int, count(*) filter (where status not in ('creating', 'awaiting'))::int from payments
    union all select 'deposits', count(*)::int, count(*) filter (where status <> 'pending')::int from deposits
    union all select 'product_stocks', count(*)::int, count(*) filter (where is_sold)::int from product_stocks`)
  for (const { entity, n, ended } of made) {
    const told = await audits.one<{ created: number; ended: number }>(sql`
      select count(distinct entity_id) filter (where action = 'create')::int as created,
        count(distinct entity_id) filter (where action = 'update' and (
          after_state ->> 'status' not in ('pending', 'creating', 'awaiting') or after_state ->> 'is_sold' = 'true'))::int as ended
      from audit_logs where entity_type = ${entity}`)
    const { twice } = await audits.one<{ twice: number }>(sql`
      select count(*)::int as twice from (select from audit_logs
        where entity_type = ${entity} and action = 'create' group by entity_id having count(*) > 1) t`)
    if (told.created !== n || told.ended !== ended || twice > 0)
      model.violated(
        'audit',
        `${entity}: ${n} rows and ${ended} ended, ${told.created} and ${told.ended} recorded, ${twice} twice`,
      )
  }
}

/** Nothing waits that nobody would come for; who is shut out is sent no broadcast. */
export async function workOf({ db }: Stage, model: Model): Promise<void> {
  const rows = await db.many<{ what: string }>(sql`
    select 'job ' || t.identifier || ': ' || coalesce(j.last_error, '') as what
      from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
      where j.attempts >= j.max_attempts
    union all select 'inbox ' || id || ' ' || status || ' ' || coalesce(last_error, '')
      from niaga.inbox where status in ('received', 'processing', 'failed')
    union all select 'message ' || id || ' ' || status || ' ' || coalesce(error, '')
      from telegram_outbox where status <> 'sent' and chat_id <> ${ADMIN}
        and not (status = 'failed' and ref_type = 'broadcast' and chat_id = any (${[...model.everBanned]}::bigint[]))
    union all select 'audit outbox holds ' || count(*) from audit.outbox having count(*) > 0`)
  for (const { what } of rows) model.violated('stuck', what)
}
