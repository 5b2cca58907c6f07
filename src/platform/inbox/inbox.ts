/** What outside parties send us: stored raw and answered first, processed once by a durable job after. */
import type { Db } from '../../postgres/database.ts'
import { type Sql, sql } from '../../postgres/sql.ts'
import type { Tx } from '../../postgres/transaction.ts'

export type InboxStatus = 'received' | 'processing' | 'processed' | 'failed' | 'unmatched' | 'unconfirmed'

export interface Delivery {
  /** "pakasir", "telegram" */
  readonly source: string
  /** The provider's id; where it has none, a hash of the body, or a fresh id to keep every copy. */
  readonly eventId: string
  readonly body: Buffer
  /** As they came, without those that carry secrets. */
  readonly headers?: Readonly<Record<string, string>>
  /** Events of one queue ("chat:42") are processed one after the other, smallest sequence first. */
  readonly queue?: string
  readonly sequence?: bigint
}

/** Stored, and its job enqueued; once the transaction has committed, the sender may be answered. */
export async function receive(
  tx: Tx,
  { source, eventId, body, headers = {}, queue, sequence }: Delivery,
): Promise<{ id: bigint; duplicate: boolean }> {
  return await tx.one(sql`
    select id, duplicate from niaga.receive(${source}, ${eventId}, ${body}, ${sql.json(headers)},
      ${queue ?? null}, ${sequence ?? null})`)
}

export interface ListedEvent {
  readonly id: bigint
  readonly source: string
  readonly event_id: string
  readonly status: InboxStatus
  readonly received_at: Date
  readonly attempts: number
  readonly last_error: string | null
}

/** Newest first; `attention`: only what a person must look at. Bodies are not listed: they may name persons. */
export async function listInbox(
  db: Db,
  {
    attention,
    limit,
    beforeId,
  }: { readonly attention: boolean; readonly limit: number; readonly beforeId?: number | undefined },
): Promise<ListedEvent[]> {
  const conditions = [
    ...(attention ? [sql`status in ('failed', 'unmatched', 'unconfirmed')`] : []),
    ...(beforeId === undefined ? [] : [sql`id < ${beforeId}::bigint`]),
  ]
  const wanted = conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, ' and ')}`
  return await db.many<ListedEvent>(sql`
    select id, source, event_id, status, received_at, attempts, last_error
    from niaga.inbox ${wanted} order by id desc limit ${limit}`)
}

/** Processes an event again from the start. False where there is none, or it is open anyway. */
export async function replayInbox(tx: Tx, id: bigint): Promise<boolean> {
  const rows = await tx.many(sql`
    with replayed as (
      update niaga.inbox set status = 'received', attempts = 0, last_error = null, processed_at = null
      where id = ${id} and status not in ('received', 'processing') returning id, queue)
    select niaga.enqueue_inbox(id, queue, null) from replayed`)
  return rows.length === 1
}

/**
 * Puts events back into the queue whose job is gone: lost with a restored backup, or dead with its worker too
 * often. Run it every 10 s; it reads only open events.
 */
export async function sweepInbox(tx: Tx): Promise<number> {
  const rows = await tx.many(sql`
    select niaga.enqueue_inbox(i.id, i.queue, null) from niaga.inbox i
    where i.status in ('received', 'processing')
      and coalesce(i.claimed_at, i.received_at) < niaga.now()
        - case i.status when 'received' then interval '10 seconds' else interval '10 minutes' end
      and not exists (
        select from graphile_worker._private_jobs j
        where j.key = 'inbox:' || i.id and j.attempts < j.max_attempts)
    order by i.id limit 1000`)
  return rows.length
}

/** Up to `limit` events of a source that came before so many days and are done with: answered, or left to people. */
export function purgeInbox(source: string, days: number, limit: number): Sql {
  return sql`
    delete from niaga.inbox where id in (
      select id from niaga.inbox
      where source = ${source} and received_at < niaga.now() - make_interval(days => ${days})
        and status not in ('received', 'processing')
      order by received_at limit ${limit} for update skip locked)`
}
