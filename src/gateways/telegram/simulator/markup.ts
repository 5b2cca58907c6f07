/** Reads `reply_markup` and refuses what the real API refuses. */
import { badRequest } from './refusal.ts'
import type { InlineButton, InlineKeyboard, ReplyKeyboard } from './types.ts'

/** callback_data: 1–64 bytes, not characters. */
const MAX_CALLBACK_BYTES = 64

export type Markup =
  | { readonly kind: 'none' }
  | { readonly kind: 'inline'; readonly keyboard: InlineKeyboard }
  | { readonly kind: 'reply'; readonly keyboard: ReplyKeyboard }
  | { readonly kind: 'remove' }

export function readMarkup(value: unknown): Markup {
  if (value === undefined) return { kind: 'none' }
  if (!isObject(value)) throw badRequest('object expected as reply markup')
  if ('inline_keyboard' in value) {
    const inline_keyboard = rows(value.inline_keyboard, 'inline keyboard', readInlineButton)
    return { kind: 'inline', keyboard: { inline_keyboard } }
  }
  if ('keyboard' in value) return { kind: 'reply', keyboard: readReplyKeyboard(value) }
  return value.remove_keyboard === true ? { kind: 'remove' } : { kind: 'none' }
}

/** The inline keyboard of an edit; undefined removes it, as an edit without one does. */
export function readInlineMarkup(value: unknown): InlineKeyboard | undefined {
  const markup = readMarkup(value)
  if (markup.kind === 'inline')
    return markup.keyboard.inline_keyboard.length > 0 ? markup.keyboard : undefined
  if (markup.kind === 'none') return undefined
  throw badRequest('inline keyboard expected')
}

function readReplyKeyboard(value: Readonly<Record<string, unknown>>): ReplyKeyboard {
  const placeholder = value.input_field_placeholder
  return {
    keyboard: rows(value.keyboard, 'reply keyboard', (button) => {
      const text = typeof button === 'string' ? button : isObject(button) ? button.text : undefined
      if (typeof text !== 'string' || text === '')
        throw badRequest('text of a keyboard button must be non-empty')
      return { text }
    }),
    ...(value.one_time_keyboard === true ? { one_time_keyboard: true } : {}),
    ...(typeof placeholder === 'string' ? { input_field_placeholder: placeholder } : {}),
  }
}

function readInlineButton(button: unknown): InlineButton {
  if (!isObject(button) || typeof button.text !== 'string' || button.text === '') {
    throw badRequest('can\'t parse inline keyboard button: Field "text" must be of type String')
  }
  const { text, callback_data: data, url } = button
  if (typeof url === 'string') return { text, url: checkedUrl(url) }
  if (typeof data !== 'string') {
    throw badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
  }
  const bytes = Buffer.byteLength(data)
  if (bytes < 1 || bytes > MAX_CALLBACK_BYTES) throw badRequest('BUTTON_DATA_INVALID')
  return { text, callback_data: data }
}

/** The real API also refuses hosts without a dot; a local checkout page is worth the difference. */
function checkedUrl(url: string): string {
  if (/^(https?|tg):\/\//i.test(url) && URL.canParse(url)) return url
  throw badRequest(`inline keyboard button URL '${url}' is invalid: Wrong HTTP URL`)
}

function rows<Button>(value: unknown, what: string, read: (button: unknown) => Button): Button[][] {
  if (!Array.isArray(value)) throw badRequest(`can't parse ${what} markup JSON object`)
  return value.map((row: unknown) => {
    if (!Array.isArray(row)) throw badRequest(`can't parse ${what}: Array of Arrays expected`)
    return row.map(read)
  })
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
