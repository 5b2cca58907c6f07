/** Messages to everybody from the chat (QuickCart, UC 18): first the preview, then the press that sends it. */
import { isDomainError } from '../../../kernel/errors.ts'
import { countReachable } from '../broadcasts/broadcast.queries.ts'
import { cancelBroadcast } from '../broadcasts/cancel-broadcast.ts'
import { draftBroadcast } from '../broadcasts/draft-broadcast.ts'
import { findBroadcast } from '../broadcasts/list-broadcasts.ts'
import { sendBroadcast } from '../broadcasts/send-broadcast.ts'
import type { Message } from '../telegram/message.ts'
import { broadcastMessage, broadcastPreview, broadcastStatus } from '../telegram/messages/broadcast.ts'
import { type ButtonHandler, STALE, type TextHandler } from './handlers.ts'
import type { Turn } from './turn.ts'

/** Keeps the text, shows it as everybody will see it, and answers the question that comes below it. */
export async function previewBroadcast(turn: Turn, body: string): Promise<{ id: bigint; question: Message }> {
  const { store, caller, updateId } = turn
  const draft = await draftBroadcast(store, caller, { body, idempotencyKey: `update:${updateId}` })
  turn.say(broadcastMessage(draft))
  return { id: draft.id, question: broadcastPreview(draft.id, await countReachable(store.db)) }
}

/** The text that /broadcast without one asks for. */
export const broadcastText: TextHandler = async (turn, text) => {
  if (turn.session?.state !== 'awaiting_broadcast' || turn.user.role !== 'admin') return false
  const { question } = await previewBroadcast(turn, text)
  turn.forget()
  turn.say(question)
  return true
}

export const broadcastButtons: readonly ButtonHandler[] = [
  { pattern: /^broadcast:confirm:(\d{1,15})$/, run: decided(sendBroadcast) },
  { pattern: /^broadcast:cancel:(\d{1,15})$/, run: decided(cancelBroadcast) },
]

/** Pressed again, or after somebody else decided otherwise, the button tells how far it is. */
function decided(decide: typeof sendBroadcast | typeof cancelBroadcast): ButtonHandler['run'] {
  return async (turn, [id]) => {
    if (turn.user.role !== 'admin') return turn.answerPress(STALE)
    turn.answerPress()
    try {
      await decide(turn.store, turn.caller, Number(id))
    } catch (error) {
      if (!isDomainError(error, 'broadcast_done') && !isDomainError(error, 'broadcast_cancelled')) throw error
    }
    turn.show(broadcastStatus(await findBroadcast(turn.store, Number(id))))
  }
}
