/** One simulated bot: the handle by which tests and the pages play the people at the other end. */
import { type Clock, systemClock } from '../../../kernel/clock.ts'
import { type Log, silentLog } from '../../../kernel/log.ts'
import { ChatBook, type ChatRecord } from './chat-book.ts'
import { CommandMenus } from './command-menus.ts'
import { type Fault, FaultScript, isUpdateFault } from './faults.ts'
import { FileStore } from './files.ts'
import { defaultFloodLimits, FloodControl, type FloodLimits } from './flood.ts'
import { signInitData, signLoginWidget } from './logins.ts'
import { remember } from './memory.ts'
import type { Upload } from './params.ts'
import {
  createGroup,
  type FileOptions,
  migrateGroup,
  press,
  type SayOptions,
  sayDocument,
  sayPhoto,
  saySticker,
  sayText,
  setBlocked,
  setInGroup,
} from './people.ts'
import { Refusal } from './refusal.ts'
import type { ChatEvent, SimMessage, SimPerson, SimUser, Transcript } from './types.ts'
import { UpdateQueue } from './update-queue.ts'
import { waitUntil } from './wait-until.ts'
import { WebhookDelivery } from './webhook-delivery.ts'
import type { World } from './world.ts'

export interface TelegramSimulatorOptions {
  /** "123456:secret", as BotFather gives them; the number is the bot's id. */
  readonly token: string
  /** Without the @. */
  readonly username?: string
  readonly name?: string
  /** People who have met the bot before; more can be added at any time. */
  readonly users?: readonly SimPerson[]
  readonly clock?: Clock
  readonly log?: Log
  readonly limits?: FloodLimits
  /** Where chats are kept over a restart; nowhere where unset. */
  readonly stateFile?: string
}

/** One call that the bot made, for tests; uploads appear as their sizes. */
export interface RecordedCall {
  readonly method: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly at: Date
  /** 200, or the error code of the answer; 0 where there was none. */
  readonly status: number
}

const KEPT_CALLS = 5_000
/** Only a test that fails waits so long; machines differ. */
const DEFAULT_WAIT_MS = 120_000
/** Callback queries kept for an answer. */
const KEPT_PRESSES = 10_000

export class TelegramSimulator {
  readonly token: string
  readonly world: World
  readonly faults = new FaultScript()
  readonly #calls: RecordedCall[] = []

  constructor(options: TelegramSimulatorOptions) {
    const { token, clock = systemClock, log = silentLog } = options
    this.token = token
    const firstId = idsStartAt()
    const chats = new ChatBook(clock, firstId)
    const queue = new UpdateQueue(clock, firstId)
    const files = new FileStore()
    this.world = {
      clock,
      me: {
        id: Number(token.split(':')[0]),
        is_bot: true,
        first_name: options.name ?? 'Bot',
        username: options.username ?? 'simulated_bot',
      },
      chats,
      files,
      flood: new FloodControl(clock, options.limits ?? defaultFloodLimits),
      queue,
      delivery: new WebhookDelivery(queue, log, () => chats.unixNow()),
      menus: new CommandMenus(),
      presses: new Map(),
    }
    if (options.stateFile !== undefined) remember(options.stateFile, chats, files)
    for (const user of options.users ?? []) chats.addUser(user)
  }

  addUser(person: SimPerson): SimPerson {
    return this.world.chats.addUser(person)
  }

  /** Makes a group of these people and the bot. @returns its chat id */
  addGroup(title: string, memberIds: readonly number[]): number {
    return createGroup(this.world, title, memberIds)
  }

  migrateGroup(chatId: number): number {
    return migrateGroup(this.world, chatId)
  }

  /** The bot is thrown out of the group (false), or brought back. */
  setInGroup(chatId: number, isIn: boolean): void {
    setInGroup(this.world, chatId, isIn)
  }

  sendText(userId: number, text: string, options?: SayOptions): SimMessage {
    return sayText(this.world, userId, text, options)
  }

  sendPhoto(userId: number, photo: Upload, options?: FileOptions): SimMessage {
    return sayPhoto(this.world, userId, photo, options)
  }

  sendSticker(userId: number, emoji: string, options?: SayOptions): SimMessage {
    return saySticker(this.world, userId, emoji, options)
  }

  sendDocument(userId: number, document: Upload, options?: FileOptions): SimMessage {
    return sayDocument(this.world, userId, document, options)
  }

  /**
   * Presses the inline button that carries this data. @returns the callback query's id
   * @throws Refusal where the message has no such button, unless `isStale`
   */
  press(
    userId: number,
    messageId: number,
    data: string,
    options: { chatId?: number | undefined; isStale?: boolean | undefined } = {},
  ): string {
    const { presses } = this.world
    const [oldest] = presses.keys()
    if (presses.size >= KEPT_PRESSES && oldest !== undefined) presses.delete(oldest)
    return press(this.world, userId, { messageId, data, ...options })
  }

  blockBot(userId: number): void {
    setBlocked(this.world, userId, true)
  }

  unblockBot(userId: number): void {
    setBlocked(this.world, userId, false)
  }

  /** The chat as its people see it. @throws Refusal 404 */
  chat(chatId: number): Transcript {
    const record = this.world.chats.find(chatId)
    if (!record) throw new Refusal(404, `there is no chat ${chatId}`)
    return this.#transcript(record)
  }

  chatsOf(userId: number): readonly Transcript[] {
    return this.world.chats.chatsOf(userId).map((record) => this.#transcript(record))
  }

  /**
   * Waits until the chat fulfils a condition, which is asked now and after every change.
   * @returns what the condition returned, once that is neither undefined nor false
   */
  waitFor<Found>(
    chatId: number,
    condition: (chat: Transcript) => Found | undefined | false,
    timeoutMs = DEFAULT_WAIT_MS,
  ): Promise<Found> {
    const look = () => {
      const record = this.world.chats.find(chatId)
      return record && condition(this.#transcript(record))
    }
    const subscribe = (changed: () => void) =>
      this.subscribe((event) => {
        if (event.chat_id === chatId) changed()
      })
    const failure = () => `chat ${chatId} did not get there in ${timeoutMs} ms: ${this.#lastWords(chatId)}`
    return waitUntil({ look, subscribe, timeoutMs, failure })
  }

  /** Scripts a bad day for the next calls or updates. */
  fault(fault: Fault): void {
    if (!isUpdateFault(fault)) this.faults.add(fault)
    else if (fault.kind === 'duplicate_updates') this.world.queue.duplicateNext(fault.times ?? 1)
    else this.world.queue.reorderNext(fault.times ?? 2)
  }

  clearFaults(): void {
    this.faults.clear()
    this.world.queue.clearFaults()
  }

  /** The bot's latest calls, oldest first. */
  calls(method?: string): readonly RecordedCall[] {
    return this.#calls.filter((call) => method === undefined || call.method === method)
  }

  record(call: RecordedCall): void {
    this.#calls.push(call)
    if (this.#calls.length > KEPT_CALLS) this.#calls.shift()
  }

  /** The `initData` that this person's Mini App would get now. */
  initData(userId: number): string {
    return signInitData(this.#known(userId), this.token, this.world.chats.unixNow())
  }

  /** The fields that the Login Widget would hand over for this person now. */
  loginWidget(userId: number): Readonly<Record<string, string | number>> {
    return signLoginWidget(this.#known(userId), this.token, this.world.chats.unixNow())
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: (event: ChatEvent) => void): () => void {
    return this.world.chats.subscribe(listener)
  }

  /** Ends the waiting poll and all webhook deliveries. */
  async close(): Promise<void> {
    this.world.queue.close()
    await this.world.delivery.close()
  }

  #transcript(record: ChatRecord): Transcript {
    return this.world.chats.transcript(record, this.world.menus.forChat(record.chat.id))
  }

  #known(userId: number): SimUser {
    const user = this.world.chats.user(userId)
    if (!user) throw new Refusal(404, `there is no user ${userId}`)
    return user
  }

  #lastWords(chatId: number): string {
    const messages = [...(this.world.chats.find(chatId)?.messages.values() ?? [])].slice(-3)
    const words = messages.map(({ from, text, caption, document }) => {
      return `${from.first_name}: ${text ?? caption ?? document?.file_name ?? '(no text)'}`
    })
    return words.length > 0 ? `its last messages are ${JSON.stringify(words)}` : 'it is empty'
  }
}

/**
 * Numbers of updates and messages start at the tenths of seconds since 2025, so that they rise across restarts:
 * a bot remembers the update ids it has seen and the messages it has answered. Fits 32 bits until 2031.
 */
function idsStartAt(): number {
  return Math.floor((Date.now() - Date.UTC(2025, 0, 1)) / 100)
}
