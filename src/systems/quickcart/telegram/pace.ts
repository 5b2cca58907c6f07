/**
 * How fast we may send: 30 messages a second overall, 1 a second to one chat after a short burst, 20 a minute to
 * one group (QuickCart, §7.1). Buckets that fill at those rates; kept per process, so that several senders
 * together may meet a 429, which the row then waits out.
 */
import type { Clock } from '../../../kernel/clock.ts'

interface Rule {
  readonly capacity: number
  readonly perSecond: number
}

const OVERALL: Rule = { capacity: 30, perSecond: 30 }
/** Telegram calls short bursts acceptable; a customer who taps five times should not wait for the fifth answer. */
const PRIVATE: Rule = { capacity: 5, perSecond: 1 }
const GROUP: Rule = { capacity: 20, perSecond: 20 / 60 }

interface Bucket {
  level: number
  at: number
  readonly rule: Rule
}

export class Pace {
  readonly #clock: Clock
  readonly #overall: Bucket
  readonly #chats = new Map<bigint, Bucket>()

  constructor(clock: Clock) {
    this.#clock = clock
    this.#overall = { level: OVERALL.capacity, at: clock.now().getTime(), rule: OVERALL }
  }

  /** How many messages may leave right now. */
  room(): number {
    return Math.floor(this.#fill(this.#overall).level)
  }

  /** Chats that have to wait; everybody else may be sent one message. */
  busyChats(): readonly bigint[] {
    const busy: bigint[] = []
    for (const [chat, bucket] of this.#chats) {
      const { level, rule } = this.#fill(bucket)
      if (level < 1) busy.push(chat)
      // A full bucket says no more than none.
      else if (level === rule.capacity) this.#chats.delete(chat)
    }
    return busy
  }

  /** Counts a message on its way. */
  take(chat: bigint): void {
    this.#fill(this.#overall).level -= 1
    this.#fill(this.#bucketOf(chat)).level -= 1
  }

  #bucketOf(chat: bigint): Bucket {
    const rule = chat < 0n ? GROUP : PRIVATE
    const bucket = this.#chats.get(chat) ?? { level: rule.capacity, at: this.#clock.now().getTime(), rule }
    this.#chats.set(chat, bucket)
    return bucket
  }

  #fill(bucket: Bucket): Bucket {
    const now = this.#clock.now().getTime()
    const gained = (Math.max(0, now - bucket.at) / 1000) * bucket.rule.perSecond
    bucket.level = Math.min(bucket.rule.capacity, bucket.level + gained)
    bucket.at = now
    return bucket
  }
}
