/**
 * Keeps the simulated Telegram's people, chats and files over a restart: the real one does not forget a conversation
 * because a shop was killed. One line per change; what a bot has not fetched yet is not kept.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { ChatBook, ChatRecord, ChatState } from './chat-book.ts'
import type { FileStore, StoredFile } from './files.ts'
import type { ChatEvent } from './types.ts'

/** Of each chat, so that a demonstration that runs for months starts as quickly as on its first day. */
const KEPT_MESSAGES = 500

type Line =
  | Exclude<ChatEvent, { type: 'chat' }>
  | ({ readonly type: 'chat' } & ChatState)
  | ({ readonly type: 'file'; readonly base64: string } & Omit<StoredFile, 'bytes'>)

const TYPES: ReadonlySet<unknown> = new Set<Line['type']>([
  'message',
  'edited',
  'deleted',
  'reply_keyboard',
  'answer',
  'chat',
  'file',
])

/** Brings back what was kept, and keeps what happens from now on. */
export function remember(path: string, chats: ChatBook, files: FileStore): void {
  mkdirSync(dirname(path), { recursive: true })
  for (const line of read(path)) restore(line, chats, files)
  // Rewritten at each start, so that it grows with the chats and not with their changes.
  writeFileSync(`${path}.new`, present(chats, files).map(toText).join(''))
  renameSync(`${path}.new`, path)
  const keep = (line: Line) => appendFileSync(path, toText(line))
  files.onAdded((file) => keep(fileLine(file)))
  chats.subscribe((event) => {
    const record = chats.find(event.chat_id)
    if (event.type !== 'chat') keep(event)
    else if (record) keep(chatLine(chats, record))
  })
}

function restore(line: Line, chats: ChatBook, files: FileStore): void {
  if (line.type === 'file') {
    const { type: _, base64, ...file } = line
    files.restore({ ...file, bytes: Buffer.from(base64, 'base64') })
  } else if (line.type === 'chat') chats.restore(line)
  else chats.replay(line)
}

function present(chats: ChatBook, files: FileStore): Line[] {
  const lines: Line[] = files.all().map(fileLine)
  for (const record of chats.all()) {
    const chat_id = record.chat.id
    lines.push(chatLine(chats, record))
    for (const message of [...record.messages.values()].slice(-KEPT_MESSAGES)) {
      lines.push({ type: 'message', chat_id, message })
    }
    lines.push({ type: 'reply_keyboard', chat_id, reply_keyboard: record.replyKeyboard })
  }
  return lines
}

function chatLine(chats: ChatBook, record: ChatRecord): Line {
  return { type: 'chat', ...chats.state(record) }
}

function fileLine({ bytes, ...file }: StoredFile): Line {
  return { type: 'file', ...file, base64: bytes.toString('base64') }
}

function read(path: string): Line[] {
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8').split('\n').flatMap(fromText)
}

function toText(line: Line): string {
  return `${JSON.stringify(line)}\n`
}

/** Nothing for a line that a kill cut in half. */
function fromText(text: string): Line[] {
  try {
    const line: unknown = JSON.parse(text)
    return isLine(line) ? [line] : []
  } catch {
    return []
  }
}

/** Of our own making: what is whole is as it was written. */
function isLine(value: unknown): value is Line {
  return typeof value === 'object' && value !== null && 'type' in value && TYPES.has(value.type)
}
