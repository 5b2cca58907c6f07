/**
 * Turns an outbox row into Bot API calls. A row either is a call (a bot's answer), or names what happened
 * ({kind, invoice}); then everything shown is looked up now, so that goods are stored nowhere else and a notice
 * that has become pointless is not sent.
 */
import { telegramFailure } from '../../../gateways/telegram/failures.ts'
import { isTelegramMethod, type TelegramMethod } from '../../../gateways/telegram/methods.ts'
import type { Store } from '../store.ts'
import { sendNotice } from './notices.ts'
import type { OutboxRow } from './outbox.queries.ts'
import { type Sent, said } from './sent.ts'

/** @throws TelegramError, or whatever went wrong before the call. */
export async function sendRow(store: Store, row: OutboxRow): Promise<Sent> {
  const { kind } = row.payload
  if (typeof kind === 'string') return await sendNotice(store, row, kind)
  if (!isTelegramMethod(row.method)) throw new TypeError(`${row.method} is not a Bot API method`)
  return await sendCall(store, row, row.method)
}

async function sendCall(store: Store, row: OutboxRow, method: TelegramMethod): Promise<Sent> {
  const payload = { chat_id: Number(row.chat_id), ...row.payload }
  try {
    return said(await store.telegram.call(method, payload))
  } catch (error) {
    const failure = telegramFailure(error)
    if (method !== 'editMessageText' || failure.kind !== 'rejected') throw error
    // The message is too old, a photo, or gone: what it should have said is still worth saying.
    const { message_id: _, ...fresh }: Readonly<Record<string, unknown>> = payload
    return said(await store.telegram.call('sendMessage', fresh))
  }
}
