import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../../kernel/clock.ts'
import { PakasirError } from './errors.ts'

const WINDOW_MS = 60_000

/**
 * Keeps us within the gateway's calls per minute. A call that would be one too many waits for its turn, or fails
 * at once where its turn is further away than a caller can wait, with the time of it.
 */
export class RateLimiter {
  readonly #clock: Clock
  readonly #perMinute: number
  readonly #maxWaitMs: number
  /** Start times of the latest calls, at most `perMinute`, oldest first; the last ones may lie ahead. */
  readonly #starts: number[] = []

  constructor(options: { clock: Clock; perMinute: number; maxWaitMs: number }) {
    this.#clock = options.clock
    this.#perMinute = options.perMinute
    this.#maxWaitMs = options.maxWaitMs
  }

  /** @throws PakasirError `not_yet` where the turn is more than `maxWaitMs` away */
  async turn(call: string): Promise<void> {
    const now = this.#clock.now().getTime()
    const oldest = this.#starts.length < this.#perMinute ? undefined : this.#starts[0]
    const start = oldest === undefined ? now : Math.max(now, oldest + WINDOW_MS)
    if (start - now > this.#maxWaitMs) {
      const message = `${call}: ${this.#perMinute} calls per minute are used up`
      throw new PakasirError('not_yet', message, { turnAt: new Date(start) })
    }
    if (oldest !== undefined) this.#starts.shift()
    this.#starts.push(start)
    if (start > now) await wait(start - now)
  }
}
