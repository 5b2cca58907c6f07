/** All chats of the bot: who is in them, what was said, and what a person sees. */
import { EventEmitter } from 'node:events'
import type { Clock } from '../../../kernel/clock.ts'
import { badRequest, forbidden, migratedTo } from './refusal.ts'
import type {
  BotCommand,
  CallbackAnswer,
  ChatEvent,
  InlineKeyboard,
  MessageContent,
  ReplyKeyboard,
  Sender,
  SimChat,
  SimMessage,
  SimPerson,
  SimUser,
  Transcript,
} from './types.ts'

export interface ChatRecord {
  chat: SimChat
  readonly members: Set<number>
  readonly messages: Map<number, SimMessage>
  readonly deleted: SimMessage[]
  readonly answers: CallbackAnswer[]
  replyKeyboard: ReplyKeyboard | null
  blocked: boolean
  migratedTo: number | undefined
}

/** A chat without what was said in it. */
export interface ChatState {
  readonly chat: SimChat
  readonly members: readonly number[]
  readonly blocked: boolean
  readonly migratedTo: number | undefined
  /** Whose private chat it is. */
  readonly person: SimPerson | undefined
}

export interface NewMessage {
  readonly from: Sender
  readonly content: MessageContent
  readonly replyTo?: SimMessage | undefined
  readonly markup?: InlineKeyboard | undefined
}

export class ChatBook {
  readonly #clock: Clock
  readonly #people = new Map<number, SimPerson>()
  readonly #chats = new Map<number, ChatRecord>()
  readonly #events = new EventEmitter<{ event: [ChatEvent] }>()
  #nextMessageId: number

  constructor(clock: Clock, firstMessageId: number) {
    this.#clock = clock
    this.#nextMessageId = firstMessageId
    this.#events.setMaxListeners(0)
  }

  /** Makes the person known, or updates what is known; their private chat exists from now on. */
  addUser(person: SimPerson): SimPerson {
    this.#people.set(person.id, person)
    const { id, first_name, last_name, username } = person
    const chat: SimChat = {
      id,
      type: 'private',
      first_name,
      ...(last_name ? { last_name } : {}),
      ...(username ? { username } : {}),
    }
    const record = this.#chats.get(id)
    if (!record) this.#open(chat, [id])
    else {
      record.chat = chat
      this.emit({ type: 'chat', chat_id: id })
    }
    return person
  }

  addGroup(chat: SimChat, members: readonly number[]): ChatRecord {
    return this.#open(chat, members)
  }

  people(): readonly SimPerson[] {
    return [...this.#people.values()]
  }

  /** As the bot sees the person. */
  user(id: number): SimUser | undefined {
    const person = this.#people.get(id)
    if (!person) return undefined
    const { note: _, ...user } = person
    return user
  }

  all(): readonly ChatRecord[] {
    return [...this.#chats.values()]
  }

  state({ chat, members, blocked, migratedTo }: ChatRecord): ChatState {
    return { chat, members: [...members], blocked, migratedTo, person: this.#people.get(chat.id) }
  }

  /** A chat as it was before a restart. */
  restore({ chat, members, blocked, migratedTo, person }: ChatState): void {
    if (person) this.#people.set(person.id, person)
    const record = this.#chats.get(chat.id) ?? this.#open(chat, members)
    Object.assign(record, { chat, blocked, migratedTo })
  }

  /** Something that happened in a chat before a restart. */
  replay(event: Exclude<ChatEvent, { type: 'chat' }>): void {
    const record = this.#chats.get(event.chat_id)
    if (!record) return
    if (event.type === 'reply_keyboard') record.replyKeyboard = event.reply_keyboard
    else if (event.type === 'answer') record.answers.push(event.answer)
    else if (event.type === 'deleted') record.messages.delete(event.message.message_id)
    else {
      record.messages.set(event.message.message_id, event.message)
      this.#nextMessageId = Math.max(this.#nextMessageId, event.message.message_id + 1)
    }
  }

  /** Every chat that this person sees. */
  chatsOf(userId: number): readonly ChatRecord[] {
    return [...this.#chats.values()].filter(({ members }) => members.has(userId))
  }

  find(chatId: number): ChatRecord | undefined {
    return this.#chats.get(chatId)
  }

  /**
   * The chat that the bot may write to.
   * @throws Refusal 400 unknown or migrated, 403 blocked
   */
  forBot(chatId: number | undefined): ChatRecord {
    if (chatId === undefined) throw badRequest('chat_id is empty')
    const record = this.#chats.get(chatId)
    if (!record) throw badRequest('chat not found')
    if (record.migratedTo !== undefined) throw migratedTo(record.migratedTo)
    if (record.blocked) {
      throw forbidden(
        record.chat.type === 'private' ? 'bot was blocked by the user' : 'bot was kicked from the group chat',
      )
    }
    return record
  }

  add(record: ChatRecord, { from, content, replyTo, markup }: NewMessage): SimMessage {
    const message: SimMessage = {
      message_id: this.#nextMessageId++,
      from,
      chat: record.chat,
      date: this.unixNow(),
      ...(replyTo ? { reply_to_message: withoutReply(replyTo) } : {}),
      ...content,
      ...(markup ? { reply_markup: markup } : {}),
    }
    record.messages.set(message.message_id, message)
    this.emit({ type: 'message', chat_id: record.chat.id, message })
    return message
  }

  /** Puts the edited message in the place of the old one. */
  replace(record: ChatRecord, message: SimMessage): SimMessage {
    const edited = { ...message, edit_date: this.unixNow() }
    record.messages.set(message.message_id, edited)
    this.emit({ type: 'edited', chat_id: record.chat.id, message: edited })
    return edited
  }

  remove(record: ChatRecord, message: SimMessage): void {
    record.messages.delete(message.message_id)
    record.deleted.push(message)
    this.emit({ type: 'deleted', chat_id: record.chat.id, message })
  }

  setReplyKeyboard(record: ChatRecord, keyboard: ReplyKeyboard | null): void {
    record.replyKeyboard = keyboard
    this.emit({ type: 'reply_keyboard', chat_id: record.chat.id, reply_keyboard: keyboard })
  }

  answer(record: ChatRecord, answer: CallbackAnswer): void {
    record.answers.push(answer)
    this.emit({ type: 'answer', chat_id: record.chat.id, answer })
  }

  transcript(record: ChatRecord, commands: readonly BotCommand[]): Transcript {
    return {
      chat: record.chat,
      messages: [...record.messages.values()],
      deleted: record.deleted,
      reply_keyboard: record.replyKeyboard,
      answers: record.answers,
      commands,
      blocked: record.blocked,
    }
  }

  emit(event: ChatEvent): void {
    this.#events.emit('event', event)
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: (event: ChatEvent) => void): () => void {
    this.#events.on('event', listener)
    return () => this.#events.off('event', listener)
  }

  unixNow(): number {
    return Math.floor(this.#clock.now().getTime() / 1000)
  }

  #open(chat: SimChat, members: readonly number[]): ChatRecord {
    const record: ChatRecord = {
      chat,
      members: new Set(members),
      messages: new Map(),
      deleted: [],
      answers: [],
      replyKeyboard: null,
      blocked: false,
      migratedTo: undefined,
    }
    this.#chats.set(chat.id, record)
    this.emit({ type: 'chat', chat_id: chat.id })
    return record
  }
}

/** The Bot API nests replies one level deep only. */
function withoutReply({ reply_to_message: _, ...message }: SimMessage): SimMessage {
  return message
}
