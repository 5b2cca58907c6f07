/** The rows of telegram_outbox, from queued to sent or failed. Times are the business clock's. */
import type { Db } from '../../../postgres/database.ts'
import { type Sql, sql } from '../../../postgres/sql.ts'
import type { TelegramOutboxRow } from '../databases/db_store1/tables.ts'

/** `attempts`: tries so far, this one included; also tells whose claim it is. */
export interface OutboxRow
  extends Pick<
    TelegramOutboxRow,
    'id' | 'chat_id' | 'method' | 'ref_type' | 'ref_id' | 'priority' | 'attempts'
  > {
  readonly payload: Readonly<Record<string, unknown>>
}

export interface Claim {
  readonly limit: number
  /** Broadcasts have a queue of their own. */
  readonly of: 'news' | 'broadcasts'
  /** Chats that must not be sent anything yet. */
  readonly busyChats: readonly bigint[]
  readonly offsetMs: number
}

/** Takes due rows, as claim_messages.sql says. */
export async function claimDue(db: Db, { limit, of, busyChats, offsetMs }: Claim): Promise<OutboxRow[]> {
  return await db.many<OutboxRow>(sql`
    select id, chat_id, method, payload, ref_type, ref_id, priority, attempts
      from claim_messages(${limit}, ${of === 'broadcasts'}, ${busyChats},
        now() + ${offsetMs} * interval '1 millisecond')`)
}

/** Seconds after which whoever was sending a row is taken for dead. A call takes 15 at most. */
const LOST_AFTER = 60

/** Gives back rows whose sender died. By the machine's time: a sandbox clock that jumps ends no call early. */
export async function requeueLost(db: Db): Promise<number> {
  return await db.run(sql`
    update telegram_outbox set status = 'queued'
      where status = 'sending' and next_attempt_at < now() - ${LOST_AFTER} * interval '1 second'`)
}

/**
 * `note`: why nothing was sent, where the row had become pointless. What a bot's answer said is in the chat from now
 * on, and need not be kept here: it may name people (QuickCart, §12).
 */
export async function markSent(
  db: Db,
  row: OutboxRow,
  sent: { messageId: bigint | null; note: string | null; offsetMs: number },
): Promise<void> {
  await db.run(sql`
    update telegram_outbox set status = 'sent', payload = case when payload ? 'kind' then payload else '{}' end, message_id = ${sent.messageId}, error = ${sent.note},
        sent_at = now() + ${sent.offsetMs} * interval '1 millisecond'
      where ${own(row)}`)
}

/** Back into the queue. `counts`: whether this try is one of the ten. */
export async function markForRetry(
  db: Db,
  row: OutboxRow,
  retry: { seconds: number; error: string; counts: boolean; offsetMs: number },
): Promise<void> {
  const waitMs = retry.offsetMs + retry.seconds * 1000
  await db.run(sql`
    update telegram_outbox set status = 'queued', error = ${retry.error},
        attempts = attempts - ${retry.counts ? 0 : 1},
        next_attempt_at = now() + ${waitMs} * interval '1 millisecond'
      where ${own(row)}`)
}

export async function markFailed(db: Db, row: OutboxRow, error: string): Promise<void> {
  await db.run(sql`update telegram_outbox set status = 'failed', error = ${error} where ${own(row)}`)
}

/** It leaves no trace, as those rows of a cancelled broadcast that nobody had taken yet. */
export async function withdraw(db: Db, row: OutboxRow): Promise<void> {
  await db.run(sql`delete from telegram_outbox where ${own(row)}`)
}

/** A row that was given back meanwhile belongs to its next claim. */
function own({ id, attempts }: OutboxRow): Sql {
  return sql`id = ${id} and status = 'sending' and attempts = ${attempts}`
}
