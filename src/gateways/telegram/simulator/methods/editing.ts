/** editMessageText, editMessageCaption, editMessageReplyMarkup, deleteMessage. */
import { isDeepStrictEqual } from 'node:util'
import type { ChatRecord } from '../chat-book.ts'
import { readInlineMarkup } from '../markup.ts'
import type { Params } from '../params.ts'
import { badRequest } from '../refusal.ts'
import type { InlineKeyboard, MessageContent, SimMessage } from '../types.ts'
import type { World } from '../world.ts'
import { captionContent, textContent } from './content.ts'

const DELETABLE_SECONDS = 48 * 3600

export function editMessageText(world: World, params: Params): SimMessage {
  const { record, message } = ownMessage(world, params)
  const content = textContent(params)
  if (message.text === undefined) throw badRequest('there is no text in the message to edit')
  const { text: _, entities: __, ...rest } = message
  return apply(world, params, { record, message, rest, content })
}

export function editMessageCaption(world: World, params: Params): SimMessage {
  const { record, message } = ownMessage(world, params)
  if (!message.photo && !message.document) throw badRequest('there is no caption in the message to edit')
  const { caption: _, caption_entities: __, ...rest } = message
  return apply(world, params, { record, message, rest, content: captionContent(params) })
}

export function editMessageReplyMarkup(world: World, params: Params): SimMessage {
  const { record, message } = ownMessage(world, params)
  return apply(world, params, { record, message, rest: message, content: {} })
}

export function deleteMessage(world: World, params: Params): true {
  const record = world.chats.forBot(params.int('chat_id'))
  const message = record.messages.get(params.int('message_id') ?? 0)
  if (!message) throw badRequest('message to delete not found')
  const isOwn = message.from.id === world.me.id
  if (!isOwn && record.chat.type !== 'private') throw badRequest("message can't be deleted")
  if (world.chats.unixNow() - message.date >= DELETABLE_SECONDS) {
    throw badRequest("message can't be deleted for everyone")
  }
  world.chats.remove(record, message)
  return true
}

interface Edit {
  readonly record: ChatRecord
  readonly message: SimMessage
  /** The message without what the edit replaces. */
  readonly rest: SimMessage
  readonly content: MessageContent
}

/** An edit without `reply_markup` takes the buttons away. */
function apply(world: World, params: Params, { record, message, rest, content }: Edit): SimMessage {
  const markup: InlineKeyboard | undefined = readInlineMarkup(params.json('reply_markup'))
  const { reply_markup: _, ...plain } = rest
  const edited: SimMessage = { ...plain, ...content, ...(markup ? { reply_markup: markup } : {}) }
  if (isDeepStrictEqual(edited, { ...message })) {
    throw badRequest(
      'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
    )
  }
  world.flood.count(record.chat)
  return world.chats.replace(record, edited)
}

function ownMessage(world: World, params: Params): { record: ChatRecord; message: SimMessage } {
  const record = world.chats.forBot(params.int('chat_id'))
  const message = record.messages.get(params.int('message_id') ?? 0)
  if (!message) throw badRequest('message to edit not found')
  if (message.from.id !== world.me.id) throw badRequest("message can't be edited")
  return { record, message }
}
