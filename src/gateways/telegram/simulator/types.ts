/** The Bot API's objects, as far as the simulator fills them (https://core.telegram.org/bots/api#available-types). */

/** A person at the other end. `id` is also the id of the private chat with the bot. */
export interface SimUser {
  readonly id: number
  readonly first_name: string
  readonly last_name?: string
  readonly username?: string
  readonly language_code?: string
}

/** Somebody to choose on the page. */
export interface SimPerson extends SimUser {
  /** What the page says about them, such as "customer"; the bot never sees it. */
  readonly note?: string
}

export interface Sender extends SimUser {
  readonly is_bot: boolean
}

export interface SimChat {
  readonly id: number
  readonly type: 'private' | 'group' | 'supergroup'
  readonly title?: string
  readonly first_name?: string
  readonly last_name?: string
  readonly username?: string
}

export interface Entity {
  readonly type: string
  /** In UTF-16 code units, like every offset of the Bot API. */
  readonly offset: number
  readonly length: number
  readonly url?: string
  readonly language?: string
}

export interface InlineButton {
  readonly text: string
  readonly callback_data?: string
  readonly url?: string
}

export interface InlineKeyboard {
  readonly inline_keyboard: readonly (readonly InlineButton[])[]
}

export interface ReplyKeyboard {
  readonly keyboard: readonly (readonly { readonly text: string }[])[]
  readonly one_time_keyboard?: boolean
  readonly input_field_placeholder?: string
}

export interface FileInfo {
  readonly file_id: string
  readonly file_unique_id: string
  readonly file_size: number
}

export interface PhotoSize extends FileInfo {
  readonly width: number
  readonly height: number
}

export interface DocumentInfo extends FileInfo {
  readonly file_name: string
  readonly mime_type: string
}

export interface StickerInfo extends PhotoSize {
  readonly type: 'regular'
  readonly is_animated: false
  readonly is_video: false
  readonly emoji: string
}

/** What a message says, apart from who, where and when. */
export interface MessageContent {
  readonly text?: string
  readonly entities?: readonly Entity[]
  readonly caption?: string
  readonly caption_entities?: readonly Entity[]
  readonly photo?: readonly PhotoSize[]
  readonly document?: DocumentInfo
  readonly sticker?: StickerInfo
  readonly migrate_to_chat_id?: number
  readonly migrate_from_chat_id?: number
}

export interface SimMessage extends MessageContent {
  readonly message_id: number
  readonly from: Sender
  readonly chat: SimChat
  /** Unix seconds. */
  readonly date: number
  readonly edit_date?: number
  readonly reply_to_message?: SimMessage
  readonly reply_markup?: InlineKeyboard
}

interface SimCallbackQuery {
  readonly id: string
  readonly from: Sender
  readonly message: SimMessage
  readonly chat_instance: string
  readonly data: string
}

interface SimMemberChange {
  readonly chat: SimChat
  readonly from: Sender
  readonly date: number
  readonly old_chat_member: { readonly status: MemberStatus; readonly user: Sender }
  readonly new_chat_member: { readonly status: MemberStatus; readonly user: Sender }
}

export type MemberStatus = 'member' | 'kicked' | 'left'

/** One event for the bot, before it has a number. */
export type UpdateContent =
  | { readonly message: SimMessage }
  | { readonly callback_query: SimCallbackQuery }
  | { readonly my_chat_member: SimMemberChange }

export type SimUpdate = { readonly update_id: number } & UpdateContent

export interface BotCommand {
  readonly command: string
  readonly description: string
}

/** The bot's answer to a press: shown as a toast, or as a dialog where `show_alert` is set. */
export interface CallbackAnswer {
  readonly callback_query_id: string
  readonly user_id: number
  readonly text: string
  readonly show_alert: boolean
}

/** A chat as a person sees it. */
export interface Transcript {
  readonly chat: SimChat
  /** In order of sending, without the deleted ones. */
  readonly messages: readonly SimMessage[]
  readonly deleted: readonly SimMessage[]
  readonly reply_keyboard: ReplyKeyboard | null
  readonly answers: readonly CallbackAnswer[]
  readonly commands: readonly BotCommand[]
  /** The person blocked the bot, or the bot was removed from the group. */
  readonly blocked: boolean
}

/** What changed in a chat, for the page and for whoever waits. */
export type ChatEvent = { readonly chat_id: number } & (
  | { readonly type: 'message' | 'edited' | 'deleted'; readonly message: SimMessage }
  | { readonly type: 'reply_keyboard'; readonly reply_keyboard: ReplyKeyboard | null }
  | { readonly type: 'answer'; readonly answer: CallbackAnswer }
  | { readonly type: 'chat' }
)
