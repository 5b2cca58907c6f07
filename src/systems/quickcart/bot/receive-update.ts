/** Updates on their way in: stored first, answered then, handled by a durable job after (QuickCart, §7.1). */
import type { Update } from 'grammy/types'
import { systemCaller } from '../../../kernel/caller.ts'
import { receive } from '../../../platform/inbox/inbox.ts'
import type { InboxHandler } from '../../../platform/inbox/process.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction, type Tx } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'
import type { ShopBot } from './bot.ts'

export const TELEGRAM = 'telegram'

/**
 * Stores an update; one that was stored before is left alone. Of one chat they are handled in the order of their
 * ids, one after the other.
 */
export async function receiveUpdate(store: Store, update: Update): Promise<void> {
  await receiveUpdates(store, [update])
}

/** All of them or none. */
export async function receiveUpdates(store: Store, updates: readonly Update[]): Promise<void> {
  await inTransaction(store.db, systemCaller, async (tx) => {
    for (const update of updates) await storeUpdate(tx, update)
  })
}

/** The highest update stored lately; ids grow, and those of the last thousand arrivals hold the highest. */
export async function lastUpdateId(store: Store): Promise<number | undefined> {
  const { last } = await store.db.one<{ last: bigint | null }>(sql`
    select max(sequence) as last from (
      select sequence from niaga.inbox where source = ${TELEGRAM} order by received_at desc limit 1000) recent`)
  return last === null ? undefined : Number(last)
}

/** For the inbox's job. */
export function telegramHandler(bot: ShopBot): InboxHandler {
  return async ({ body }) => {
    // Stored by us, from Telegram's own client or behind its secret.
    const update: Update = JSON.parse(body.toString('utf8'))
    await bot.handle(update)
  }
}

/** `erase_user` looks for a person in these bytes and relies on JSON.stringify's form without spaces. */
async function storeUpdate(tx: Tx, update: Update): Promise<void> {
  const chat = chatOf(update)
  await receive(tx, {
    source: TELEGRAM,
    eventId: String(update.update_id),
    body: Buffer.from(JSON.stringify(update, storable)),
    sequence: BigInt(update.update_id),
    ...(chat === undefined ? {} : { queue: String(chat) }),
  })
}

/** PostgreSQL holds neither U+0000 nor half a surrogate pair; no client that we know of sends them, but a modified one can. */
function storable(_: string, part: unknown): unknown {
  return typeof part === 'string' ? part.replaceAll('\0', '\ufffd').toWellFormed() : part
}

function chatOf({ message, callback_query, my_chat_member }: Update): number | undefined {
  const chat = message?.chat ?? callback_query?.message?.chat ?? my_chat_member?.chat
  return chat?.id ?? callback_query?.from.id
}
