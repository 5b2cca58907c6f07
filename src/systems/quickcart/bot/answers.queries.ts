import type { TelegramMethod } from '../../../gateways/telegram/methods.ts'
import { sql } from '../../../postgres/sql.ts'
import type { Tx } from '../../../postgres/transaction.ts'

/** A Bot API call to the chat that the update came from. */
export interface Answer {
  readonly method: TelegramMethod
  readonly payload: Readonly<Record<string, unknown>>
}

/** Before broadcasts and staff notices, after goods and QR codes. */
const PRIORITY = 2

/**
 * Queues what the bot answers to an update; again for the same update, nothing. An edit replaces the edits of the
 * same message that still wait, so that somebody who taps ten times sees the last state and not ten.
 */
export async function storeAnswers(
  tx: Tx,
  { chatId, updateId, answers }: { chatId: bigint; updateId: number; answers: readonly Answer[] },
): Promise<void> {
  if (answers.length === 0) return
  const edited = answers.flatMap(({ payload }) => ('message_id' in payload ? String(payload.message_id) : []))
  if (edited.length > 0) {
    await tx.run(sql`
      delete from telegram_outbox where chat_id = ${chatId} and status = 'queued' and method = 'editMessageText'
        and payload ->> 'message_id' = any (${edited}) and dedupe_key not like ${`update:${updateId}:%`}`)
  }
  const rows = answers.map((answer, n) => ({ ...answer, n, dedupe_key: `update:${updateId}:${n}` }))
  await tx.run(sql`
    insert into telegram_outbox (chat_id, method, payload, dedupe_key, priority, next_attempt_at, created_at)
      select ${chatId}, a.method, a.payload, a.dedupe_key, ${PRIORITY}, niaga.now(), niaga.now()
      from jsonb_to_recordset(${sql.json(rows)}) as a (method text, payload jsonb, dedupe_key text, n int)
      order by a.n
      on conflict (dedupe_key) do nothing`)
}
