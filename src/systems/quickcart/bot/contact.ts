/** [KIRIM PESAN]: a text or one photo for the shop's people (QuickCart, UC 15). */
import type { Message } from 'grammy/types'
import { writeToStaff } from '../support/write-to-staff.ts'
import { contactQuestion, contactSent, contactUnreadable } from '../telegram/messages/support.ts'
import type { TextHandler } from './handlers.ts'
import type { Turn } from './turn.ts'

export async function askForMessage(turn: Turn): Promise<void> {
  turn.remember({ flow: 'contact_admin', state: 'awaiting_message', context: {} })
  turn.say(contactQuestion())
}

export const contactText: TextHandler = async (turn, _, message) => {
  const { session } = turn
  if (session?.flow !== 'contact_admin') return false
  const album = message.media_group_id
  // An album comes as a message per photo: the first is taken, the others go without a word.
  if (session.state === 'message_sent') return album !== undefined && album === session.context.media_group_id
  const words = wordsOf(message)
  if (!words) {
    turn.say(contactUnreadable())
    return true
  }
  const idempotencyKey = `update:${turn.updateId}`
  await writeToStaff(turn.store, turn.caller, { userId: turn.user.id, ...words, idempotencyKey })
  turn.say(contactSent())
  if (album === undefined) turn.forget()
  else turn.remember({ flow: 'contact_admin', state: 'message_sent', context: { media_group_id: album } })
  return true
}

/** Undefined where it is neither a text nor a photo: a voice, a file, a sticker. */
export function wordsOf({
  text,
  caption = '',
  photo,
}: Message): { readonly body: string; readonly photoFileId?: string } | undefined {
  if (text !== undefined) return { body: text }
  const largest = photo?.at(-1)
  return largest && { body: caption, photoFileId: largest.file_id }
}
