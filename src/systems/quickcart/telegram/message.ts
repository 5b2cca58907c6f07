/** What a chat is shown, before it becomes a Bot API payload. */
import type { InlineKeyboardButton, InlineKeyboardMarkup, ReplyKeyboardMarkup } from 'grammy/types'
import { formatMoney, type Money } from '../../../kernel/money.ts'
import type { Html } from './html.ts'

export interface Message {
  readonly text: Html
  /** Rows of buttons below the message. */
  readonly buttons?: readonly (readonly InlineKeyboardButton[])[]
  /** Replaces the keyboard below the input field; not together with `buttons`. */
  readonly keyboard?: ReplyKeyboardMarkup
}

/** Telegram takes 1 to 64 bytes; more would be refused when the message is sent. */
const MAX_CALLBACK_BYTES = 64

/** @throws RangeError where the data would not fit into a button. */
export function button(text: string, callback_data: string): InlineKeyboardButton {
  const bytes = Buffer.byteLength(callback_data)
  if (bytes < 1 || bytes > MAX_CALLBACK_BYTES) {
    throw new RangeError(`callback data has ${bytes} bytes: ${callback_data}`)
  }
  return { text, callback_data }
}

/** Buttons in rows of so many. */
export function inRows<B>(buttons: readonly B[], perRow: number): readonly (readonly B[])[] {
  return Array.from({ length: Math.ceil(buttons.length / perRow) }, (_, row) =>
    buttons.slice(row * perRow, (row + 1) * perRow),
  )
}

/** An amount in button data: "30520", or "30520.50" where there is a fraction. */
export function plain(amount: Money<'IDR'>): string {
  return formatMoney('IDR', amount).replace(/\.00$/, '')
}

export function linkButton(text: string, url: string): InlineKeyboardButton {
  return { text, url }
}

export function inlineKeyboard(buttons: Message['buttons'] = []): InlineKeyboardMarkup {
  return { inline_keyboard: buttons.map((row) => [...row]) }
}

/** The payload of sendMessage and editMessageText, without chat and message. */
export function textPayload({ text, buttons, keyboard }: Message): Readonly<Record<string, unknown>> {
  return {
    text: text.text,
    parse_mode: 'HTML',
    link_preview_options: { is_disabled: true },
    ...(buttons ? { reply_markup: inlineKeyboard(buttons) } : {}),
    ...(keyboard ? { reply_markup: keyboard } : {}),
  }
}
