/**
 * A row of telegram_outbox that names what happened ({kind} and what it is about). Everything shown is looked up
 * when it is sent, so that goods and people's data are stored nowhere else, and what has become pointless is not said.
 */
import type { TelegramMethod } from '../../../gateways/telegram/methods.ts'
import type { Store } from '../store.ts'
import type { OutboxRow } from './outbox.queries.ts'
import { type Sent, said } from './sent.ts'

/** By kind: how it is sent. @throws TelegramError */
export type Notices = Readonly<Record<string, (store: Store, row: OutboxRow) => Promise<Sent>>>

/** One Bot API call to the row's chat. */
export async function call(
  store: Store,
  row: OutboxRow,
  method: TelegramMethod,
  payload: Readonly<Record<string, unknown>>,
): Promise<Sent> {
  return said(await store.telegram.call(method, { chat_id: Number(row.chat_id), ...payload }))
}
