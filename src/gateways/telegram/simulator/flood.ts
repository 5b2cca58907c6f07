/**
 * How fast a bot may send: 30 messages a second overall, 1 a second to one chat, 20 a minute to one group.
 * The real API lets short bursts through, so each rule is a bucket that fills at its rate.
 */
import type { Clock } from '../../../kernel/clock.ts'
import { tooManyRequests } from './refusal.ts'

export interface FloodLimits {
  /** Messages that one private chat takes at once before 1/s holds. Telegram calls short bursts acceptable. */
  readonly chatBurst: number
}

/** A person who taps quickly never meets the limit; a loop does. */
export const defaultFloodLimits: FloodLimits = { chatBurst: 20 }

interface Rule {
  readonly capacity: number
  readonly perSecond: number
}

const OVERALL: Rule = { capacity: 30, perSecond: 30 }
const GROUP: Rule = { capacity: 20, perSecond: 20 / 60 }

interface Bucket {
  level: number
  at: number
}

export class FloodControl {
  readonly #clock: Clock
  readonly #chatRule: Rule
  readonly #buckets = new Map<string, Bucket>()

  constructor(clock: Clock, { chatBurst }: FloodLimits) {
    this.#clock = clock
    this.#chatRule = { capacity: chatBurst, perSecond: 1 }
  }

  /** Counts one message. @throws Refusal 429 with the whole seconds to wait; nothing is counted then. */
  count(chat: { readonly id: number; readonly type: string }): void {
    const chatRule = chat.type === 'private' ? this.#chatRule : GROUP
    const buckets = [
      { bucket: this.#bucket('overall', OVERALL), rule: OVERALL },
      { bucket: this.#bucket(String(chat.id), chatRule), rule: chatRule },
    ]
    const waits = buckets.map(({ bucket, rule }) => (1 - bucket.level) / rule.perSecond)
    const wait = Math.max(...waits)
    if (wait > 0) throw tooManyRequests(Math.max(1, Math.ceil(wait)))
    for (const { bucket } of buckets) bucket.level -= 1
  }

  #bucket(key: string, { capacity, perSecond }: Rule): Bucket {
    const now = this.#clock.now().getTime()
    const bucket = this.#buckets.get(key) ?? { level: capacity, at: now }
    bucket.level = Math.min(capacity, bucket.level + ((now - bucket.at) / 1000) * perSecond)
    bucket.at = now
    this.#buckets.set(key, bucket)
    return bucket
  }
}
