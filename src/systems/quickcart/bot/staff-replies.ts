/** An admin's Telegram reply to a copy of a customer's message goes back to that customer (QuickCart, UC 15). */
import type { Message as TelegramMessage } from 'grammy/types'
import type { Caller } from '../../../kernel/caller.ts'
import type { Store } from '../store.ts'
import { findCopied } from '../support/support.queries.ts'
import { writeToUser } from '../support/write-to-user.ts'
import type { Message } from '../telegram/message.ts'
import { answerSent, contactUnreadable } from '../telegram/messages/support.ts'
import { wordsOf } from './contact.ts'
import type { Turn } from './turn.ts'

/** In the admin's own chat. Says whether it was such a reply. */
export async function answerCopy(turn: Turn, message: TelegramMessage): Promise<boolean> {
  if (turn.user.role !== 'admin') return false
  const answer = await passOn(turn.store, turn.caller, { updateId: turn.updateId, message })
  if (answer) turn.say(answer)
  return answer !== undefined
}

/**
 * What the admin is told; undefined where the message is no reply to a copy. The caller is known to be an admin.
 * @throws user_unreachable, user_not_found, message_too_long
 */
export async function passOn(
  store: Store,
  caller: Caller,
  { updateId, message }: { readonly updateId: number; readonly message: TelegramMessage },
): Promise<Message | undefined> {
  const copy = message.reply_to_message
  if (!copy) return undefined
  const asked = await findCopied(store.db, { chatId: message.chat.id, messageId: copy.message_id })
  if (!asked) return undefined
  const words = wordsOf(message)
  if (!words) return contactUnreadable()
  await writeToUser(store, caller, {
    userId: asked.user,
    inReplyTo: asked.id,
    ...words,
    idempotencyKey: `update:${updateId}`,
  })
  return answerSent(asked.name)
}
