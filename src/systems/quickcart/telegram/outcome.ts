/** What a call's result means for its row: sent, tried again later, or failed and said so (QuickCart, §7.1). */

import { type TelegramFailure, telegramFailure } from '../../../gateways/telegram/failures.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction, type Tx } from '../../../postgres/transaction.ts'
import { moveGroup } from '../groups/group.queries.ts'
import { loseGroup } from '../groups/lose-group.ts'
import type { Store } from '../store.ts'
import { markFailed, markForRetry, markSent, type OutboxRow, withdraw } from './outbox.queries.ts'
import type { Sent } from './sent.ts'

const MAX_ATTEMPTS = 10
const MAX_BACKOFF = 60
const ABOUT_MONEY: ReadonlySet<string | null> = new Set(['order', 'deposit'])

/** Also remembers which message shows the QR code, so that it can be replaced. */
export async function recordSent(
  store: Store,
  row: OutboxRow,
  { messageId, note, qrOf, instead }: Sent,
): Promise<void> {
  const { offsetMs } = store.clock
  if (instead === 'withdrawn') return await withdraw(store.db, row)
  if (instead === 'failed') return await markFailed(store.db, row, note ?? 'dropped')
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
      // A courtesy is not worth keeping the greeting behind it waiting.
      if (row.method === 'sendSticker') return await giveUp(store, row, failure.description)
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

/** The row failed for good, and whoever has to know is told. */
async function giveUp(
  store: Store,
  row: OutboxRow,
  error: string,
  also?: (tx: Tx, row: OutboxRow) => Promise<void>,
): Promise<void> {
  await inTransaction(store.db, systemCaller, async (tx) => {
    await markFailed(tx, row, error)
    await also?.(tx, row)
    await tell(tx, row, error)
  })
}

/** Of an order, deposit or refund the staff, of an answer its author; about the staff's own notices nobody. */
async function tell(tx: Tx, { payload, ref_type, ref_id }: OutboxRow, error: string): Promise<void> {
  const { kind } = payload
  if (ref_id === null || typeof kind !== 'string') return
  if (kind === 'group_added') return await loseGroup(tx, BigInt(ref_id), error)
  if (kind === 'support_answer') {
    await tx.run(sql`
      insert into telegram_outbox (chat_id, method, payload, ref_type, ref_id, next_attempt_at, created_at)
        select m.admin_id, 'sendMessage', ${sql.json({ kind: 'support_answer_failed', error })}::jsonb, 'support',
            ${ref_id}, niaga.now(), niaga.now()
          from support_messages m where m.id = ${ref_id}::bigint`)
  }
  if (kind.startsWith('staff_')) return
  if (ref_type === 'refund') return await tellOfRefund(tx, ref_id, { about: kind, error })
  if (!ABOUT_MONEY.has(ref_type)) return
  await tx.run(sql`
    select notify_staff('staff_message_failed', ${ref_type}, ${ref_id}, ${sql.json({ about: kind, error })})`)
}

/** By the invoice of its order, which is what the staff can look up. */
async function tellOfRefund(tx: Tx, refund: string, facts: { about: string; error: string }): Promise<void> {
  await tx.run(sql`
    select notify_staff('staff_message_failed', 'order', o.invoice_id, ${sql.json(facts)})
      from refunds r join orders o on o.id = r.order_id where r.id = ${refund}::bigint`)
}

/** A person: cleared by their next update. A group: the bot was thrown out. */
async function noteBlocked(tx: Tx, { chat_id }: OutboxRow): Promise<void> {
  if (chat_id < 0n) return await loseGroup(tx, chat_id, 'bot tidak ada di grup')
  await tx.run(sql`
    update users set blocked_bot_at = niaga.now() where id = ${chat_id} and blocked_bot_at is null`)
}

/** The group has a new id; this row, and whatever waits for the group, goes there. */
async function followGroup(store: Store, row: OutboxRow, chat: bigint): Promise<void> {
  await inTransaction(store.db, systemCaller, async (tx) => {
    const wait = { seconds: 0, error: 'the group moved', counts: false, offsetMs: store.clock.offsetMs }
    await markForRetry(tx, row, wait)
    await moveGroup(tx, row.chat_id, chat)
  })
}
