/**
 * Spares a party that is down, and us the waiting: after so many consecutive failures nothing is asked for a
 * while, then one call tries; its success closes the circuit, its failure keeps it open for the same while. Calls
 * that come meanwhile wait for what it finds: refused, a job would lose its turn to a party that is up again.
 */
import type { Clock } from '../kernel/clock.ts'

/** The call was not made. `retryAfterMs`: when the next one may be. */
export class CircuitOpenError extends Error {
  override readonly name = 'CircuitOpenError'
  readonly retryAfterMs: number

  constructor(retryAfterMs: number) {
    super('the circuit is open after repeated failures')
    this.retryAfterMs = retryAfterMs
  }
}

export interface CircuitBreakerOptions {
  readonly clock: Clock
  /** Whether this error says that the party is down; a refusal shows that it is up. */
  readonly isFailure: (error: unknown) => boolean
  /** Called once per incident, at its first opening. */
  readonly onOpen?: () => void
  /** Called once per incident, at the first success after it. */
  readonly onRecovery?: () => void
}

// QuickCart, section 7.4: "circuit opens after 5 consecutive failures for 30 s".
const FAILURES_TO_OPEN = 5
const OPEN_MS = 30_000

export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions
  #failures = 0
  /** Instant in ms until which nothing is asked; undefined outside an incident. */
  #openUntil: number | undefined
  /** Settles when the one call that tries has: never rejects. */
  #probe: Promise<void> | undefined
  #hasAnswered = false
  /** Calls begun before the last change of state say nothing about the party's state now. */
  #epoch = 0

  constructor(options: CircuitBreakerOptions) {
    this.#options = options
  }

  /** Since the last call that showed it; `unknown` before the first. */
  get state(): 'unknown' | 'up' | 'down' {
    if (this.#openUntil !== undefined) return 'down'
    return this.#hasAnswered ? 'up' : 'unknown'
  }

  /** False while a call would be refused without being made. */
  get closed(): boolean {
    return this.#waitMs() === 0
  }

  /** @throws CircuitOpenError without calling `work` while the circuit is open; else whatever `work` throws. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    while (this.closed && this.#probe !== undefined) await this.#probe
    if (!this.closed) throw new CircuitOpenError(this.#waitMs())
    if (this.#openUntil === undefined) return await this.#judged(work)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#probe = promise
    try {
      return await this.#judged(work)
    } finally {
      // However it ends, nobody waits for it any more.
      this.#probe = undefined
      resolve()
    }
  }

  async #judged<T>(work: () => Promise<T>): Promise<T> {
    const epoch = this.#epoch
    try {
      const result = await work()
      this.#succeeded(epoch)
      return result
    } catch (error) {
      if (this.#options.isFailure(error)) this.#failed(epoch)
      else this.#succeeded(epoch)
      throw error
    }
  }

  #waitMs(): number {
    return Math.max(0, (this.#openUntil ?? 0) - this.#options.clock.now().getTime())
  }

  #succeeded(epoch: number): void {
    if (epoch !== this.#epoch) return
    this.#failures = 0
    this.#hasAnswered = true
    if (this.#openUntil === undefined) return
    this.#change(undefined)
    this.#options.onRecovery?.()
  }

  #failed(epoch: number): void {
    if (epoch !== this.#epoch) return
    this.#failures += 1
    const incident = this.#openUntil !== undefined
    if (!incident && this.#failures < FAILURES_TO_OPEN) return
    this.#change(this.#options.clock.now().getTime() + OPEN_MS)
    if (!incident) this.#options.onOpen?.()
  }

  #change(openUntil: number | undefined): void {
    this.#openUntil = openUntil
    this.#epoch += 1
  }
}
