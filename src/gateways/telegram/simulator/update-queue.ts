/** Updates waiting for the bot: numbered, kept for 24 hours, read by one long poll or handed to the webhook. */
import type { Clock } from '../../../kernel/clock.ts'
import { conflict, type Refusal } from './refusal.ts'
import type { SimUpdate, UpdateContent } from './types.ts'

const KEPT_MS = 24 * 3600 * 1000
/** What a bot gets that never said which kinds it wants. */
const DEFAULT_KINDS = ['message', 'callback_query', 'my_chat_member']

export interface QueuedUpdate {
  readonly update: SimUpdate
  readonly chatId: number
  readonly at: number
  /** Deliveries left; 2 where a script asked for a duplicate. */
  copies: number
}

export interface Poll {
  readonly offset: number
  readonly limit: number
  readonly timeoutMs: number
  /** Aborted when the caller hangs up. */
  readonly signal: AbortSignal
}

export class UpdateQueue {
  readonly #clock: Clock
  #entries: QueuedUpdate[] = []
  #nextId: number
  #kinds: readonly string[] = DEFAULT_KINDS
  #duplicates = 0
  #held: QueuedUpdate[] = []
  #holdUntil = 0
  #poll: AbortController | undefined
  #listener: () => void = () => undefined

  constructor(clock: Clock, firstId: number) {
    this.#clock = clock
    this.#nextId = firstId
  }

  get kinds(): readonly string[] {
    return this.#kinds
  }

  get length(): number {
    this.#dropOld()
    return this.#entries.length
  }

  /** Kinds of update to queue from now on; an empty list means the default ones. */
  allow(kinds: readonly string[] | undefined): void {
    if (kinds) this.#kinds = kinds.length > 0 ? kinds : DEFAULT_KINDS
  }

  /** Called whenever there is something new to deliver. */
  onArrival(listener: () => void): void {
    this.#listener = listener
  }

  push(content: UpdateContent, chatId: number): void {
    if (!Object.keys(content).some((kind) => this.#kinds.includes(kind))) return
    const entry = {
      update: { update_id: this.#nextId++, ...content },
      chatId,
      at: this.#clock.now().getTime(),
      copies: this.#duplicates > 0 ? 2 : 1,
    }
    if (this.#duplicates > 0) this.#duplicates -= 1
    if (this.#holdUntil > 0) this.#hold(entry)
    else this.#release([entry])
  }

  duplicateNext(times: number): void {
    this.#duplicates += times
  }

  /** Holds the next updates until there are that many, then delivers them last one first. */
  reorderNext(times: number): void {
    this.#holdUntil += times
  }

  /** Ends both scripts; held updates are delivered in order. */
  clearFaults(): void {
    const held = this.#held
    this.#held = []
    this.#holdUntil = 0
    this.#duplicates = 0
    this.#release(held)
  }

  /**
   * One getUpdates call: confirms everything below `offset`, then waits for something to give.
   * @throws Refusal 409 in the call that was waiting when another one arrives
   */
  async take(poll: Poll): Promise<readonly SimUpdate[]> {
    this.interrupt(
      conflict('terminated by other getUpdates request; make sure that only one bot instance is running'),
    )
    this.#confirm(poll.offset)
    if (this.length === 0 && poll.timeoutMs > 0) await this.#wait(poll)
    if (poll.signal.aborted) return []
    return this.#entries.slice(0, poll.limit).map(({ update }) => update)
  }

  /** Undelivered updates whose chat is not in `busy`, one per chat, oldest first. */
  deliverable(busy: ReadonlySet<number>): readonly QueuedUpdate[] {
    this.#dropOld()
    const seen = new Set(busy)
    return this.#entries.filter(({ chatId }) => !seen.has(chatId) && seen.add(chatId))
  }

  /** One delivery of this update succeeded. */
  delivered(entry: QueuedUpdate): void {
    entry.copies -= 1
    if (entry.copies <= 0) this.#entries = this.#entries.filter((other) => other !== entry)
  }

  clear(): void {
    this.#entries = []
  }

  /** Ends a waiting poll with this refusal. */
  interrupt(refusal: Refusal): void {
    this.#poll?.abort(refusal)
  }

  /** Ends a waiting poll with an empty answer. */
  close(): void {
    this.#poll?.abort()
  }

  #confirm(offset: number): void {
    const kept = offset < 0 ? this.#entries.at(offset)?.update.update_id : offset
    const confirmed = this.#entries.filter(({ update }) => update.update_id < (kept ?? 0))
    for (const entry of confirmed) this.delivered(entry)
  }

  async #wait({ timeoutMs, signal }: Poll): Promise<void> {
    const poll = new AbortController()
    this.#poll = poll
    const ended = AbortSignal.any([poll.signal, signal, AbortSignal.timeout(timeoutMs)])
    if (!ended.aborted)
      await new Promise((resolve) => ended.addEventListener('abort', resolve, { once: true }))
    if (this.#poll === poll) this.#poll = undefined
    const { reason } = poll.signal
    if (reason instanceof Error && reason.name === 'Refusal') throw reason
  }

  #hold(entry: QueuedUpdate): void {
    this.#held.push(entry)
    if (this.#held.length < this.#holdUntil) return
    const held = this.#held.reverse()
    this.#held = []
    this.#holdUntil = 0
    this.#release(held)
  }

  #release(entries: readonly QueuedUpdate[]): void {
    if (entries.length === 0) return
    this.#entries.push(...entries)
    this.#poll?.abort()
    this.#listener()
  }

  #dropOld(): void {
    const oldest = this.#clock.now().getTime() - KEPT_MS
    if (this.#entries.some(({ at }) => at < oldest)) {
      this.#entries = this.#entries.filter(({ at }) => at >= oldest)
    }
  }
}
