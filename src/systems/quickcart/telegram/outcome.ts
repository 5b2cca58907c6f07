/** What a call's result means for its row: sent, tried again later, or failed and said so (QuickCart, §7.1). */

import { type TelegramFailure, telegramFailure } from '../../../gateways/telegram/failures.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction, type Tx } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'
import { markFailed, markForRetry, markSent, type OutboxRow } from './outbox.queries.ts'
import type { Sent } from './sent.ts'

const MAX_ATTEMPTS = 10
const MAX_BACKOFF = 60

/** Also remembers which message shows the QR code, so that it can be replaced. */
export async function recordSent(
  store: Store,
  row: OutboxRow,
  { messageId, note, qrOf }: Sent,
): Promise<void> {
  const { offsetMs } = store.clock
  if (qrOf === undefined) return await markSent(store.db, row, { messageId, note, offsetMs })
  await inTransaction(store.db, systemCaller, async (tx) => {
    await markSent(tx, row, { messageId, note, offsetMs })
    await tx.run(sql`
      update payments set chat_id = ${row.chat_id}, message_id = ${messageId} where invoice_id = ${qrOf}`)
  })
}

export async function recordFailure(store: Store, row: OutboxRow, error: unknown): Promise<void> {
  const failure = telegramFailure(error)
  const { offsetMs } = store.clock
  const said = { row: String(row.id), failure, attempts: row.attempts }
  store.log.warn(said, 'a Telegram message was not sent')
  switch (failure.kind) {
    case 'done':
      return await markSent(store.db, row, { messageId: null, note: failure.description, offsetMs })
    case 'rate_limited': {
      const wait = { seconds: failure.retryAfter, error: 'rate limited', counts: false, offsetMs }
      return await markForRetry(store.db, row, wait)
    }
    case 'migrated':
      return await followGroup(store, row, BigInt(failure.chatId))
    case 'blocked':
      return await giveUp(store, row, failure.description, noteBlocked)
    case 'rejected':
      return await giveUp(store, row, failure.description)
    default:
      return await tryAgain(store, row, failure)
  }
}

/** 1, 2, 4 … 60 seconds; ten tries in all. */
async function tryAgain(
  store: Store,
  row: OutboxRow,
  { description }: Extract<TelegramFailure, { kind: 'retry' | 'conflict' }>,
): Promise<void> {
  if (row.attempts >= MAX_ATTEMPTS) return await giveUp(store, row, description)
  const seconds = Math.min(2 ** (row.attempts - 1), MAX_BACKOFF)
  await markForRetry(store.db, row, {
    seconds,
    error: description,
    counts: true,
    offsetMs: store.clock.offsetMs,
  })
}

/** The row failed for good. Where it was about an order, the staff is told; about their own notices nobody is. */
async function giveUp(
  store: Store,
  row: OutboxRow,
  error: string,
  also?: (tx: Tx, row: OutboxRow) => Promise<void>,
): Promise<void> {
  const { kind } = row.payload
  const about = typeof kind === 'string' && !kind.startsWith('staff_') ? kind : undefined
  await inTransaction(store.db, systemCaller, async (tx) => {
    await markFailed(tx, row, error)
    await also?.(tx, row)
    if (about === undefined || row.ref_id === null) return
    await tx.run(sql`
      select notify_staff('staff_message_failed', ${row.ref_type}, ${row.ref_id}, ${sql.json({ about, error })})`)
  })
}

/** Cleared by the person's next update. */
async function noteBlocked(tx: Tx, { chat_id }: OutboxRow): Promise<void> {
  await tx.run(sql`
    update users set blocked_bot_at = niaga.now() where id = ${chat_id} and blocked_bot_at is null`)
}

/** The group has a new id; this row, and whatever waits for the group, goes there. */
async function followGroup(store: Store, row: OutboxRow, chat: bigint): Promise<void> {
  await inTransaction(store.db, systemCaller, async (tx) => {
    await tx.run(sql`
      update notification_groups set chat_id = ${chat} where chat_id = ${row.chat_id}
        and not exists (select from notification_groups known where known.chat_id = ${chat})`)
    const wait = { seconds: 0, error: 'the group moved', counts: false, offsetMs: store.clock.offsetMs }
    await markForRetry(tx, row, wait)
    await tx.run(sql`
      update telegram_outbox set chat_id = ${chat} where chat_id = ${row.chat_id} and status = 'queued'`)
  })
}
