/** One message as a bubble, with its photo, document, buttons, time and marks. */
import { fileUrl } from './api.js'
import { formatted } from './formatted.js'

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hour12: false })
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' })

export const dayOf = (message) => day.format(message.date * 1000)

/** What a message says in one line, for replies and the chat list. */
export function summary(message) {
  if (message === undefined) return ''
  const { text, caption, photo, document: file, sticker } = message
  if (text) return text
  if (photo) return caption ? `🖼 ${caption}` : '🖼 Photo'
  if (file) return `📄 ${file.file_name}`
  return sticker ? `${sticker.emoji} Sticker` : 'The group was upgraded'
}

/** `actions`: onPress(message, button), onCommand(text), onReply(message). */
export function bubble(message, me, actions) {
  const row = make('div', `row ${message.from.id === me.id ? 'mine' : 'theirs'}`)
  row.dataset.id = message.message_id
  const body = make('div', `bubble${message.sticker ? ' sticker' : ''}${message.edit_date ? ' edited' : ''}`)
  if (message.chat.type !== 'private' && message.from.id !== me.id) {
    body.append(make('p', 'from', message.from.first_name))
  }
  if (message.reply_to_message) body.append(quote(message.reply_to_message))
  body.append(...content(message, actions), meta(message))
  const wrap = make('div', 'wrap')
  wrap.append(body)
  if (message.reply_markup) wrap.append(keyboard(message, actions))
  row.append(wrap, replyButton(message, actions))
  return row
}

/** Stands where a deleted message stood. */
export function tombstone(message) {
  const row = make('div', 'row gone')
  row.dataset.id = message.message_id
  row.append(
    make('p', 'service', `${message.from.is_bot ? 'The bot' : message.from.first_name} deleted a message`),
  )
  return row
}

function content(message, actions) {
  if (message.migrate_to_chat_id || message.migrate_from_chat_id) {
    return [make('p', 'text', 'This group was upgraded to a supergroup')]
  }
  if (message.sticker) return [make('p', 'emoji', message.sticker.emoji)]
  const parts = []
  if (message.photo) parts.push(photo(message))
  if (message.document) parts.push(file(message.document))
  const text = message.text ?? message.caption
  if (text) {
    const paragraph = make('div', 'text')
    paragraph.append(...formatted(text, message.entities ?? message.caption_entities, actions))
    parts.push(paragraph)
  }
  return parts
}

function photo(message) {
  const size = message.photo.at(-1)
  const a = make('a', 'photo')
  a.href = fileUrl(size.file_id)
  a.target = '_blank'
  a.rel = 'noopener'
  const img = make('img')
  img.src = a.href
  img.width = size.width
  img.height = size.height
  img.alt = message.caption ? 'Photo, described below' : 'Photo'
  a.append(img)
  return a
}

function file(info) {
  const a = make('a', 'file')
  a.href = fileUrl(info.file_id)
  a.download = info.file_name
  const name = make('span', 'file-name', info.file_name)
  const size = make('span', 'file-size', bytes(info.file_size))
  const text = make('span', 'file-text')
  text.append(name, size)
  const icon = make('span', 'file-icon', '↓')
  icon.setAttribute('aria-hidden', 'true')
  a.append(icon, text)
  return a
}

function bytes(count) {
  if (count < 1024) return `${count} B`
  return count < 1024 ** 2 ? `${(count / 1024).toFixed(1)} KB` : `${(count / 1024 ** 2).toFixed(1)} MB`
}

function meta(message) {
  const time = make('time', 'meta', clock.format(message.date * 1000))
  time.dateTime = new Date(message.date * 1000).toISOString()
  if (message.edit_date) time.prepend('edited ')
  return time
}

function quote(message) {
  const block = make('div', 'quote')
  block.append(make('b', '', message.from.first_name), make('span', '', summary(message)))
  return block
}

function keyboard(message, actions) {
  const rows = make('div', 'inline')
  for (const buttons of message.reply_markup.inline_keyboard) {
    const row = make('div', 'inline-row')
    row.append(...buttons.map((button) => inlineButton(message, button, actions)))
    rows.append(row)
  }
  return rows
}

function inlineButton(message, button, actions) {
  if (button.url) {
    const a = make('a', 'inline-button url', button.text)
    a.href = button.url
    a.target = '_blank'
    a.rel = 'noopener noreferrer'
    return a
  }
  const node = make('button', 'inline-button', button.text)
  node.type = 'button'
  node.addEventListener('click', () => actions.onPress(message, button, node))
  return node
}

function replyButton(message, actions) {
  const node = make('button', 'icon reply', '↩')
  node.type = 'button'
  node.setAttribute('aria-label', 'Reply to this message')
  node.addEventListener('click', () => actions.onReply(message))
  return node
}

export function make(tag, className = '', text = undefined) {
  const node = document.createElement(tag)
  if (className) node.className = className
  if (text !== undefined) node.textContent = text
  return node
}
