/** What people do: write, press, block, and what groups do. Each becomes an update for the bot. */
import { randomBytes } from 'node:crypto'
import type { ChatRecord } from './chat-book.ts'
import { detectEntities, trim } from './entities.ts'
import type { Upload } from './params.ts'
import { badRequest, Refusal } from './refusal.ts'
import type { MemberStatus, MessageContent, Sender, SimMessage, SimUser } from './types.ts'
import type { World } from './world.ts'

export interface SayOptions {
  /** Where the person writes; their private chat unless told. */
  readonly chatId?: number | undefined
  /** The message that this one answers. */
  readonly replyTo?: number | undefined
}

function say(world: World, userId: number, content: MessageContent, options: SayOptions = {}): SimMessage {
  const { user, record } = present(world, userId, options.chatId)
  // Writing to a blocked bot unblocks it, as the app's "Restart" does.
  if (record.blocked && record.chat.type === 'private') setBlocked(world, userId, false)
  const message = world.chats.add(record, {
    from: asSender(user),
    content,
    replyTo: options.replyTo === undefined ? undefined : messageIn(record, options.replyTo),
  })
  if (record.replyKeyboard?.one_time_keyboard) world.chats.setReplyKeyboard(record, null)
  if (isForBot(world, record, message)) world.queue.push({ message }, record.chat.id)
  return message
}

export function sayText(world: World, userId: number, text: string, options?: SayOptions): SimMessage {
  const formatted = detectEntities(trim({ text, entities: [] }))
  if (formatted.text === '') throw badRequest('message text is empty')
  if (formatted.text.length > 4096) throw badRequest('message is too long')
  const { entities } = formatted
  return say(world, userId, { text: formatted.text, ...(entities.length > 0 ? { entities } : {}) }, options)
}

export interface FileOptions extends SayOptions {
  readonly caption?: string | undefined
}

export function sayPhoto(
  world: World,
  userId: number,
  upload: Upload,
  options: FileOptions = {},
): SimMessage {
  const photo = [world.files.addPhoto(upload)]
  return say(world, userId, { photo, ...(options.caption ? { caption: options.caption } : {}) }, options)
}

export function sayDocument(
  world: World,
  userId: number,
  upload: Upload,
  options: FileOptions = {},
): SimMessage {
  const document = world.files.addDocument(upload)
  return say(world, userId, { document, ...(options.caption ? { caption: options.caption } : {}) }, options)
}

/** A sticker out of some set of this person's; its id is good for the bot too. */
export function saySticker(world: World, userId: number, emoji: string, options?: SayOptions): SimMessage {
  const picture = { bytes: Buffer.from(emoji), name: 'sticker.webp', mimeType: 'image/webp' }
  return say(world, userId, { sticker: world.files.addSticker(picture, emoji) }, options)
}

/**
 * Presses an inline button.
 * @returns the callback query's id
 * @throws Refusal 400 where the message has no such button now, unless `isStale` says that the app shows an old one
 */
export function press(
  world: World,
  userId: number,
  button: { messageId: number; data: string; chatId?: number | undefined; isStale?: boolean | undefined },
): string {
  const { user, record } = present(world, userId, button.chatId)
  const message = messageIn(record, button.messageId)
  const buttons = message.reply_markup?.inline_keyboard.flat() ?? []
  if (!button.isStale && !buttons.some(({ callback_data: data }) => data === button.data)) {
    throw badRequest(`message ${button.messageId} has no button with the data ${button.data}`)
  }
  const id = randomBytes(8).readBigUInt64BE().toString()
  world.presses.set(id, { userId, chatId: record.chat.id, at: world.clock.now().getTime() })
  world.queue.push(
    {
      callback_query: {
        id,
        from: asSender(user),
        message,
        chat_instance: String(record.chat.id),
        data: button.data,
      },
    },
    record.chat.id,
  )
  return id
}

/** Blocks or unblocks the bot in the person's private chat. */
export function setBlocked(world: World, userId: number, blocked: boolean): void {
  const { user, record } = present(world, userId, undefined)
  if (record.blocked === blocked) return
  record.blocked = blocked
  world.chats.emit({ type: 'chat', chat_id: record.chat.id })
  memberChange(world, user, record, blocked ? ['member', 'kicked'] : ['kicked', 'member'])
}

/** Makes a group that the bot and these people are in. @returns its chat id (negative) */
export function createGroup(world: World, title: string, memberIds: readonly number[]): number {
  const [founder] = memberIds
  const user = world.chats.user(founder ?? 0)
  if (!user) throw badRequest('a group needs a known member')
  const id = -randomBytes(4).readUInt32BE() - 1
  const record = world.chats.addGroup({ id, type: 'group', title }, memberIds)
  memberChange(world, user, record, ['left', 'member'])
  return id
}

/** Upgrades a group to a supergroup. @returns the new chat id; calls with the old one are refused from now on */
export function migrateGroup(world: World, chatId: number): number {
  const record = world.chats.find(chatId)
  if (record?.chat.type !== 'group') throw badRequest('only a group can be migrated')
  const id = Number(`-100${Math.abs(chatId)}`)
  const upgraded = world.chats.addGroup({ id, type: 'supergroup', title: record.chat.title ?? '' }, [
    ...record.members,
  ])
  const user = world.chats.user([...record.members][0] ?? 0)
  if (!user) throw badRequest('the group has no member')
  const from = asSender(user)
  const moved = world.chats.add(record, { from, content: { migrate_to_chat_id: id } })
  const arrived = world.chats.add(upgraded, { from, content: { migrate_from_chat_id: chatId } })
  record.migratedTo = id
  world.chats.emit({ type: 'chat', chat_id: chatId })
  world.queue.push({ message: moved }, chatId)
  world.queue.push({ message: arrived }, id)
  return id
}

/** Somebody throws the bot out of the group, or brings it back. */
export function setInGroup(world: World, chatId: number, isIn: boolean): void {
  const record = world.chats.find(chatId)
  const user = world.chats.user([...(record?.members ?? [])][0] ?? 0)
  if (!record || !user || record.chat.type === 'private') throw badRequest('there is no such group')
  if (record.blocked !== isIn) return
  record.blocked = !isIn
  world.chats.emit({ type: 'chat', chat_id: chatId })
  memberChange(world, user, record, isIn ? ['left', 'member'] : ['member', 'kicked'])
}

function memberChange(
  world: World,
  user: SimUser,
  { chat }: ChatRecord,
  [before, after]: readonly [MemberStatus, MemberStatus],
): void {
  world.queue.push(
    {
      my_chat_member: {
        chat,
        from: asSender(user),
        date: world.chats.unixNow(),
        old_chat_member: { status: before, user: world.me },
        new_chat_member: { status: after, user: world.me },
      },
    },
    chat.id,
  )
}

function present(
  world: World,
  userId: number,
  chatId: number | undefined,
): { user: SimUser; record: ChatRecord } {
  const user = world.chats.user(userId)
  if (!user) throw new Refusal(404, `there is no user ${userId}`)
  const record = world.chats.find(chatId ?? userId)
  if (!record?.members.has(userId)) throw new Refusal(404, `user ${userId} is not in chat ${chatId}`)
  return { user, record }
}

function messageIn(record: ChatRecord, messageId: number): SimMessage {
  const message = record.messages.get(messageId)
  if (!message) throw new Refusal(404, `chat ${record.chat.id} has no message ${messageId}`)
  return message
}

/** In groups a bot in privacy mode sees commands and replies to its own messages only. */
function isForBot(world: World, record: ChatRecord, message: SimMessage): boolean {
  if (record.chat.type === 'private') return true
  return message.text?.startsWith('/') === true || message.reply_to_message?.from.id === world.me.id
}

function asSender(user: SimUser): Sender {
  return { ...user, is_bot: false }
}
