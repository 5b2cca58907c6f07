/** Outbox rows that carry words of people: between customers and staff, and to everybody. */
import { sql } from '../../../postgres/sql.ts'
import { selectBroadcast } from '../broadcasts/broadcast.queries.ts'
import type { BroadcastsRow } from '../databases/db_store1/tables.ts'
import type { Store } from '../store.ts'
import { type SupportMessage, selectSupportMessage } from '../support/support.queries.ts'
import type { Html } from './html.ts'
import { type Message, textPayload } from './message.ts'
import { broadcastMessage, broadcastStatus } from './messages/broadcast.ts'
import { answerFailed, groupAdded, groupLost, supportAnswer, supportCopy } from './messages/support.ts'
import { call, type Notices } from './notice.ts'
import type { OutboxRow } from './outbox.queries.ts'
import { dropped, type Sent, skipped, withdrawn } from './sent.ts'

export const correspondence: Notices = {
  support_message: (store, row) => sendSupport(store, row, supportCopy),
  support_answer: (store, row) => sendSupport(store, row, supportAnswer),
  support_answer_failed: tellAuthor,
  broadcast: sendBroadcast,
  broadcast_done: tellSender,
  group_added: (store, row) => sendText(store, row, groupAdded()),
  group_lost: (store, row) => {
    const { title, chat, error } = row.payload
    const named = typeof title === 'string' ? title : null
    return sendText(store, row, groupLost(named, String(chat), String(error)))
  },
}

/** With the photo that came along, if one did. An erased person's words are not sent any more. */
async function sendSupport(
  store: Store,
  row: OutboxRow,
  render: (message: SupportMessage) => Html,
): Promise<Sent> {
  const message = await messageOf(store, row)
  if (!message || message.is_erased) return skipped('the message was erased')
  const text = render(message)
  if (message.photo_file_id === null) return await sendText(store, row, { text })
  return await call(store, row, 'sendPhoto', {
    photo: message.photo_file_id,
    caption: text.text,
    parse_mode: 'HTML',
  })
}

async function tellAuthor(store: Store, row: OutboxRow): Promise<Sent> {
  const message = await messageOf(store, row)
  if (!message) return skipped('there is no such message')
  return await sendText(store, row, answerFailed(message, String(row.payload.error)))
}

async function messageOf(store: Store, { ref_id: id }: OutboxRow): Promise<SupportMessage | undefined> {
  return id === null ? undefined : await selectSupportMessage(store.db, BigInt(id))
}

interface Addressed extends Pick<BroadcastsRow, 'kind' | 'body' | 'status'> {
  readonly may: boolean
}

/** What has changed since the row was made counts: a cancellation, a ban, an erasure. */
async function sendBroadcast(store: Store, row: OutboxRow): Promise<Sent> {
  const broadcast = await store.db.maybeOne<Addressed>(sql`
    select b.kind, b.body, b.status, not u.is_banned and u.erased_at is null and u.blocked_bot_at is null as may
      from broadcasts b, users u where b.id = ${row.ref_id}::bigint and u.id = ${row.chat_id}`)
  if (broadcast?.status !== 'sending') return withdrawn()
  if (!broadcast.may) return dropped('the person may not be written to')
  return await sendText(store, row, broadcastMessage(broadcast))
}

async function tellSender(store: Store, row: OutboxRow): Promise<Sent> {
  const broadcast = await selectBroadcast(store.db, Number(row.payload.broadcast))
  return broadcast
    ? await sendText(store, row, broadcastStatus(broadcast))
    : skipped('there is no such broadcast')
}

async function sendText(store: Store, row: OutboxRow, message: Message): Promise<Sent> {
  return await call(store, row, 'sendMessage', textPayload(message))
}
