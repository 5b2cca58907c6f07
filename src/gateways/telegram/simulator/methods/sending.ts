/** sendMessage, sendPhoto, sendDocument, sendSticker. */
import type { ChatRecord } from '../chat-book.ts'
import { readMarkup } from '../markup.ts'
import type { Params } from '../params.ts'
import { badRequest } from '../refusal.ts'
import type { MessageContent, SimMessage } from '../types.ts'
import type { World } from '../world.ts'
import { documentContent, photoContent, stickerContent, textContent } from './content.ts'

export const sendMessage = (world: World, params: Params) => send(world, params, () => textContent(params))

export const sendPhoto = (world: World, params: Params) =>
  send(world, params, () => photoContent(params, world.files))

export const sendDocument = (world: World, params: Params) =>
  send(world, params, () => documentContent(params, world.files))

export const sendSticker = (world: World, params: Params) =>
  send(world, params, () => stickerContent(params, world.files))

function send(world: World, params: Params, content: () => MessageContent): SimMessage {
  const record = world.chats.forBot(params.int('chat_id'))
  const said = content()
  const markup = readMarkup(params.json('reply_markup'))
  const replyTo = repliedMessage(record, params)
  world.flood.count(record.chat)
  const message = world.chats.add(record, {
    from: world.me,
    content: said,
    replyTo,
    markup: markup.kind === 'inline' ? markup.keyboard : undefined,
  })
  if (markup.kind === 'reply') world.chats.setReplyKeyboard(record, markup.keyboard)
  if (markup.kind === 'remove') world.chats.setReplyKeyboard(record, null)
  return message
}

function repliedMessage(record: ChatRecord, params: Params): SimMessage | undefined {
  const reply = params.json('reply_parameters')
  const id =
    typeof reply === 'object' && reply !== null && 'message_id' in reply
      ? Number(reply.message_id)
      : params.int('reply_to_message_id')
  if (id === undefined) return undefined
  const message = record.messages.get(id)
  const isOptional = typeof reply === 'object' && reply !== null && 'allow_sending_without_reply' in reply
  if (!message && !isOptional) throw badRequest('message to be replied not found')
  return message
}
