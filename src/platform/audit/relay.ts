/**
 * Carries the outbox of a database into the audit database: in order, each row once, whatever dies on the way.
 *
 * A batch is inserted and committed there first (known event ids are skipped), then deleted here together with
 * an anchor of the chain's head. Between the two commits lies the only gap, and it repeats rather than loses.
 * Source: QuickCart, 9.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { systemCaller } from '../../kernel/caller.ts'
import type { Log } from '../../kernel/log.ts'
import type { Database } from '../../postgres/database.ts'
import { sql } from '../../postgres/sql.ts'
import { inLongTransaction, inTransaction, type Tx } from '../../postgres/transaction.ts'
import { type Loop, startLoop } from '../jobs/loop.ts'
import { type Anchor, anchorFile, anchorTable } from './anchors.ts'

export interface RelayOptions {
  /** Has `audit.outbox`, and a table `audit_anchors`. */
  readonly source: Database
  /** Where `audit_anchors` is: schema `public` where nothing is said. */
  readonly anchorSchema?: string
  /** Has `public.audit_logs`. */
  readonly target: Database
  readonly log: Log
  /** JSON lines, appended: heads of the chain where no database can rewrite them. */
  readonly anchorPath: string
}

type BatchOptions = Pick<RelayOptions, 'source' | 'target' | 'anchorSchema'>

/** Of many processes one relays: who holds this advisory lock of the source. */
export const AUDIT_RELAY_LOCK = 'niaga.audit_relay'

const BATCH = 500
const POLL_MS = 1_000
/** A batch costs two flushed commits however small it is, so rows that follow one another are gathered. */
const GATHER_MS = 250
const ALERT_AFTER_MS = 5 * 60_000

/** Runs until stopped: at every commit that audits something, and each second for what that missed. */
export async function startAuditRelay(options: RelayOptions): Promise<Pick<Loop, 'stop'>> {
  const { source, log } = options
  let woken: (() => void) | undefined
  // First, because it is what can fail: nothing else has begun then.
  const stopListening = await source.listen('audit_outbox', () => woken?.())
  const anchors = anchorFile(options.anchorPath, log)
  const loop = startLoop('audit.relay', POLL_MS, log, async (signal) => {
    let moved = 0
    do {
      const { rows, anchor } = await relayBatch(options)
      moved = rows
      if (anchor) await anchors.note(anchor)
      if (moved > 0 && moved < BATCH) await wait(GATHER_MS, undefined, { signal }).catch(() => undefined)
    } while (moved > 0 && !signal.aborted)
  })
  woken = loop.wake
  return {
    async stop() {
      await loop.stop()
      await anchors.close()
      await stopListening()
    },
  }
}

/** Relays everything that has committed; for tests and for commands that want to see it arrive. */
export async function drainAudit(options: BatchOptions): Promise<number> {
  let total = 0
  for (;;) {
    const { rows } = await relayBatch(options)
    if (rows === 0) return total
    total += rows
  }
}

/** How many rows wait, and since when. */
export async function auditBacklog(source: Database): Promise<{ waiting: number; oldest: Date | null }> {
  return await source.one(sql`
    select count(*)::int4 as waiting, min(occurred_at) as oldest from audit.outbox`)
}

/** Whether rows have waited for more than five minutes (QuickCart, 8). */
export async function isAuditDelayed(source: Database): Promise<boolean> {
  const first = await source.maybeOne<{ occurred_at: Date }>(
    sql`select occurred_at from audit.outbox order by xid, seq limit 1`,
  )
  return first !== undefined && source.clock.now().getTime() - first.occurred_at.getTime() > ALERT_AFTER_MS
}

interface Batch {
  readonly size: number
  /** A JSON array, carried as text: parsed here, amounts and big numbers would lose digits. */
  readonly rows: string | null
  readonly lastXid: string | null
  readonly lastSeq: bigint | null
  readonly anonymizes: boolean
}

async function relayBatch({
  source,
  target,
  anchorSchema,
}: BatchOptions): Promise<{ rows: number; anchor?: Anchor }> {
  const noted = anchorTable(anchorSchema)
  return await inTransaction(source, systemCaller, async (tx) => {
    // The lock ends with the transaction, however the process ends.
    const { mine } = await tx.one<{ mine: boolean }>(
      sql`select pg_try_advisory_xact_lock(hashtextextended(${AUDIT_RELAY_LOCK}, 0)) as mine`,
    )
    const batch = mine ? await readBatch(tx) : undefined
    if (!batch?.rows) return { rows: 0 }
    const last = await tx.maybeOne<{ audit_id: bigint; row_count: bigint }>(
      sql`select audit_id, row_count from ${noted} order by audit_id desc limit 1`,
    )
    // Until the whole record is read, this transaction waits.
    if (batch.anonymizes) await tx.run(sql`set local idle_in_transaction_session_timeout = 0`)
    const anchor = await deliver(target, batch, last)
    // Nothing below the horizon can appear after the read, so this deletes what was read and no more.
    await tx.run(
      sql`delete from audit.outbox where (xid, seq) <= (${batch.lastXid}::xid8, ${batch.lastSeq}::bigint)`,
    )
    await tx.run(sql`
      insert into ${noted} (audit_id, row_hash, row_count, anchored_at)
      values (${anchor.audit_id}, ${anchor.row_hash}, ${anchor.row_count}, niaga.now())
      on conflict (audit_id) do nothing`)
    return { rows: batch.size, anchor }
  })
}

/**
 * The oldest rows of transactions that are all over: a row that is still uncommitted can only sort behind them.
 * An `anonymize` row comes alone, since it changes rows that must be there before it.
 */
async function readBatch(tx: Tx): Promise<Batch> {
  return await tx.one<Batch>(sql`
    with oldest as (
      select o.*, row_number() over (order by o.xid, o.seq) as n from audit.outbox o
      where o.xid < pg_snapshot_xmin(pg_current_snapshot()) order by o.xid, o.seq limit ${BATCH}),
    erasure as (select coalesce(min(n) filter (where action = 'anonymize'), ${BATCH + 1}) as n from oldest),
    batch as (
      select o.* from oldest o, erasure e where o.n < e.n or (o.n = 1 and e.n = 1))
    select count(*)::int4 as size, jsonb_agg(to_jsonb(b) order by b.n)::text as rows,
      (max(b.xid::text::numeric))::text as "lastXid",
      (array_agg(b.seq order by b.n desc))[1] as "lastSeq",
      coalesce(bool_or(b.action = 'anonymize'), false) as anonymizes
    from batch b`)
}

async function deliver(
  target: Database,
  batch: Batch,
  last: { audit_id: bigint; row_count: bigint } | undefined,
): Promise<Anchor> {
  const transaction = batch.anonymizes ? inLongTransaction : inTransaction
  return await transaction(target, systemCaller, async (tx) => {
    const rows = batch.anonymizes ? await anonymize(tx, batch.rows) : batch.rows
    await tx.run(sql`
      insert into public.audit_logs (timestamp, actor_id, actor_type, entity_type, entity_id, action,
        before_state, after_state, context, ip_address, event_id, subject_id)
      select r.occurred_at, case when r.actor_id ~ '^-?[0-9]{1,18}$' then r.actor_id::bigint end,
        case when r.actor_type in ('user', 'admin') then r.actor_type else 'system' end,
        left(r.entity_type, 50), left(r.entity_id, 50), left(r.action, 50), r.before_state, r.after_state,
        nullif(coalesce(r.context, '{}') || jsonb_strip_nulls(jsonb_build_object(
          'correlation_id', r.correlation_id,
          'actor', case when r.actor_id !~ '^-?[0-9]{1,18}$' then r.actor_id end)), '{}'),
        r.ip, r.event_id, r.subject_id::bigint
      from jsonb_to_recordset(${rows}::jsonb) as r(n bigint, event_id uuid, occurred_at timestamptz,
        actor_id text, actor_type text, correlation_id text, ip inet, subject_id text, entity_type text,
        entity_id text, action text, before_state jsonb, after_state jsonb, context jsonb)
      where not exists (select from public.audit_logs known where known.event_id = r.event_id)
      order by r.n
      on conflict (event_id) do nothing`)
    return await tx.one<Anchor>(sql`
      select l.id as audit_id, l.row_hash,
        ${last?.row_count ?? 0n}::bigint + (select count(*) from public.audit_logs where id > ${last?.audit_id ?? 0n}) as row_count
      from public.audit_logs l order by l.id desc limit 1`)
  })
}

/**
 * An erasure reaches the audit: `audit.emit('anonymize', 'users', pseudonym, pseudonym, {"user_id": …, "pseudonym": …})`.
 * The row that stays lists what was changed and how it looks now, and no longer whom it was about.
 */
async function anonymize(tx: Tx, rows: string | null): Promise<string | null> {
  const { changed } = await tx.one<{ changed: string }>(sql`
    select jsonb_build_array(r - 'context' || jsonb_build_object('context', case
      when exists (select from public.audit_logs l where l.event_id = (r ->> 'event_id')::uuid) then '{}'
      else public.audit_anonymize((r #>> '{context,user_id}')::bigint, (r #>> '{context,pseudonym}')::bigint) end
    ))::text as changed
    from jsonb_array_elements(${rows}::jsonb) r`)
  return changed
}
