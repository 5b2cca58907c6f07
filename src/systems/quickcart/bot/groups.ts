/** What happens in groups (QuickCart, §7.1): the staff answers customers there; everybody else meets silence. */
import type { ChatMemberUpdated, Message as TelegramMessage } from 'grammy/types'
import { type Caller, systemCaller } from '../../../kernel/caller.ts'
import { isDomainError } from '../../../kernel/errors.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { selectUser } from '../accounts/user.queries.ts'
import { type UserId, userId } from '../accounts/user-id.ts'
import { moveGroup, renameGroup, selectGroup } from '../groups/group.queries.ts'
import { loseGroup } from '../groups/lose-group.ts'
import type { Store } from '../store.ts'
import { type Message, textPayload } from '../telegram/message.ts'
import { problemText } from '../telegram/messages/problems.ts'
import { groupMet } from '../telegram/messages/support.ts'
import { storeAnswers } from './answers.queries.ts'
import { passOn } from './staff-replies.ts'

export async function hearGroup(store: Store, updateId: number, message: TelegramMessage): Promise<void> {
  const { chat, from, migrate_to_chat_id: to } = message
  if (to !== undefined) {
    return await inTransaction(store.db, systemCaller, (tx) => moveGroup(tx, BigInt(chat.id), BigInt(to)))
  }
  if (!message.reply_to_message || !from || !(await isAdmin(store, userId(from.id)))) return
  const caller: Caller = { type: 'admin', id: String(from.id), correlationId: `telegram:${updateId}` }
  const answer = await answerOf(store, caller, { updateId, message })
  if (!answer) return
  const reply = { message_id: message.message_id, allow_sending_without_reply: true }
  const payload = { ...textPayload(answer), reply_parameters: reply }
  await inTransaction(store.db, caller, (tx) =>
    storeAnswers(tx, {
      chatId: BigInt(chat.id),
      updateId,
      answers: [{ method: 'sendMessage', payload }],
    }),
  )
}

/** The bot came into a group or was thrown out of it. */
export async function joinOrLeave(
  store: Store,
  updateId: number,
  { chat, from, new_chat_member: { status } }: ChatMemberUpdated,
): Promise<void> {
  const chatId = BigInt(chat.id)
  if (status === 'left' || status === 'kicked') {
    return await inTransaction(store.db, systemCaller, (tx) =>
      loseGroup(tx, chatId, 'bot dikeluarkan dari grup'),
    )
  }
  const title = chat.title ?? String(chat.id)
  const isKnown = (await selectGroup(store.db, chatId)) !== undefined
  const tells = !isKnown && (await isAdmin(store, userId(from.id)))
  await inTransaction(store.db, systemCaller, async (tx) => {
    await renameGroup(tx, chatId, title)
    if (!tells) return
    // To the admin alone: what the group's other members may do with the number is not ours to say.
    const answers = [{ method: 'sendMessage', payload: textPayload(groupMet(title, chatId)) }] as const
    await storeAnswers(tx, { chatId: BigInt(from.id), updateId, answers })
  })
}

/** A refusal is an answer too. */
async function answerOf(...[store, caller, said]: Parameters<typeof passOn>): Promise<Message | undefined> {
  try {
    return await passOn(store, caller, said)
  } catch (error) {
    if (!isDomainError(error)) throw error
    return { text: problemText(error) }
  }
}

async function isAdmin(store: Store, id: UserId): Promise<boolean> {
  const user = await selectUser(store.db, id)
  return user?.member_status === 'admin' && !user.is_banned && user.erased_at === null
}
