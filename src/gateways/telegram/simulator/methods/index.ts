/** Every Bot API method that the simulator speaks, by name. */
import type { TelegramMethod } from '../../methods.ts'
import type { Params } from '../params.ts'
import { badRequest } from '../refusal.ts'
import type { World } from '../world.ts'
import { deleteMessage, editMessageCaption, editMessageReplyMarkup, editMessageText } from './editing.ts'
import { sendDocument, sendMessage, sendPhoto, sendSticker } from './sending.ts'
import { deleteWebhook, getUpdates, getWebhookInfo, setWebhook } from './updates.ts'

/** Carries out one call. @throws Refusal where the real API would answer `ok: false` */
export type Method = (world: World, params: Params, signal: AbortSignal) => unknown

const MAX_ANSWER = 200
/** The real API gives a bot some seconds to a few minutes; later answers reach nobody. */
const ANSWERABLE_MS = 10 * 60 * 1000

export const methods: Readonly<Record<TelegramMethod, Method>> = {
  getMe,
  getUpdates,
  setWebhook,
  deleteWebhook,
  getWebhookInfo,
  sendMessage,
  sendPhoto,
  sendSticker,
  sendDocument,
  editMessageText,
  editMessageCaption,
  editMessageReplyMarkup,
  deleteMessage,
  answerCallbackQuery,
  setMyCommands,
  deleteMyCommands,
  getFile,
}

function getMe({ me }: World) {
  return {
    ...me,
    can_join_groups: true,
    can_read_all_group_messages: false,
    supports_inline_queries: false,
    can_connect_to_business: false,
    has_main_web_app: false,
  }
}

function answerCallbackQuery(world: World, params: Params): true {
  const id = params.text('callback_query_id') ?? ''
  const press = world.presses.get(id)
  if (!press || world.clock.now().getTime() - press.at > ANSWERABLE_MS) {
    throw badRequest('query is too old and response timeout expired or query ID is invalid')
  }
  const text = params.text('text') ?? ''
  if (text.length > MAX_ANSWER) throw badRequest('MESSAGE_TOO_LONG')
  const record = world.chats.find(press.chatId)
  if (record) {
    world.chats.answer(record, {
      callback_query_id: id,
      user_id: press.userId,
      text,
      show_alert: params.flag('show_alert'),
    })
  }
  return true
}

function setMyCommands({ menus }: World, params: Params): true {
  menus.set(params.json('scope'), params.json('commands'))
  return true
}

function deleteMyCommands({ menus }: World, params: Params): true {
  menus.delete(params.json('scope'))
  return true
}

function getFile({ files }: World, params: Params) {
  const { info, path } = files.forDownload(params.text('file_id') ?? '')
  return { ...info, file_path: path }
}
