/** A gateway's outgoing webhooks: sent as a real one would, or as badly as the script says. */
import type { Clock } from '../../kernel/clock.ts'
import { newId } from '../../kernel/ids.ts'
import { Schedule } from './schedule.ts'

export interface WebhookScript {
  /** Identical copies of each webhook, sent at the same time. */
  readonly copies: number
  readonly delayMs: number
  /** Never sent at all. */
  readonly drop: boolean
  /** Kept until `release`, which may turn the order round. */
  readonly hold: boolean
  readonly token: 'good' | 'bad' | 'none'
}

export const HONEST_WEBHOOKS: WebhookScript = {
  copies: 1,
  delayMs: 0,
  drop: false,
  hold: false,
  token: 'good',
}

export interface Delivery<Script extends WebhookScript> {
  /** The webhook's own id; copies share it. */
  readonly id: string
  /** What it is about: an order's or invoice's id. */
  readonly subject: string
  readonly body: string
  readonly script: Script
  state: 'scheduled' | 'held' | 'dropped' | 'sending' | 'delivered' | 'retrying' | 'failed'
  attempts: number
  /** HTTP status of the last answer, or 0 where there was none. */
  lastStatus: number | undefined
}

export interface WebhookSenderOptions<Script extends WebhookScript, Target> {
  readonly clock: Clock
  readonly target?: Target | undefined
  readonly honest: Script
  /** Where a delivery goes, and what it carries beside its body. */
  readonly addressed: (
    target: Target,
    delivery: Delivery<Script>,
  ) => { url: string | URL; headers?: Record<string, string> }
  /** What this gateway does until the merchant answers 2xx: pauses between its attempts. */
  readonly retryAfterMs: () => readonly number[]
  readonly answerWithinMs: number
  /** Whether an answer that does not come in time counts as one to try again. */
  readonly retriesTimeouts: boolean
}

const KEPT = 500

export class WebhookSender<Script extends WebhookScript, Target> {
  target: Target | undefined
  script: Script
  readonly deliveries: Delivery<Script>[] = []
  readonly #options: WebhookSenderOptions<Script, Target>
  readonly #schedule: Schedule
  readonly #running = new Set<Promise<void>>()

  constructor(options: WebhookSenderOptions<Script, Target>) {
    this.#options = options
    this.target = options.target
    this.script = options.honest
    this.#schedule = new Schedule(options.clock)
  }

  /** Sends by the script in force, with what `script` says otherwise. */
  send(subject: string, body: object, script: Partial<Script> = {}): void {
    const how = { ...this.script, ...script }
    const id = newId()
    for (let copy = 0; copy < how.copies; copy++) {
      const delivery: Delivery<Script> = {
        id,
        subject,
        body: JSON.stringify(body),
        script: how,
        state: how.drop ? 'dropped' : how.hold ? 'held' : 'scheduled',
        attempts: 0,
        lastStatus: undefined,
      }
      this.deliveries.push(delivery)
      if (delivery.state === 'scheduled') this.#schedule.after(how.delayMs, () => this.#start(delivery))
    }
    if (this.deliveries.length > KEPT) this.deliveries.splice(0, this.deliveries.length - KEPT)
  }

  /** The deliveries about one thing, oldest first. */
  about(subject: string): Delivery<Script>[] {
    return this.deliveries.filter((delivery) => delivery.subject === subject)
  }

  /** Sends what was held, one after the other; the later ones first where reversed. */
  async release(order: 'as_sent' | 'reversed' = 'as_sent'): Promise<void> {
    const held = this.deliveries.filter(({ state }) => state === 'held')
    for (const delivery of order === 'reversed' ? held.reverse() : held) {
      this.#start(delivery)
      await this.settled()
    }
  }

  /** As the gateway does it again. */
  behave(): void {
    this.script = this.#options.honest
  }

  /** Resolves once no request is under way; retries and delays that are not due yet do not count. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  /** Forgets what waits and waits for what runs. */
  async close(): Promise<void> {
    this.#schedule.clear()
    await this.settled()
  }

  #start(delivery: Delivery<Script>): void {
    const attempt = this.#attempt(delivery).finally(() => this.#running.delete(attempt))
    this.#running.add(attempt)
  }

  async #attempt(delivery: Delivery<Script>): Promise<void> {
    delivery.state = 'sending'
    delivery.attempts += 1
    const { status, timedOut } = await this.#post(delivery)
    delivery.lastStatus = status
    if (status >= 200 && status < 300) {
      delivery.state = 'delivered'
      return
    }
    const { retryAfterMs, retriesTimeouts } = this.#options
    const wait = timedOut && !retriesTimeouts ? undefined : retryAfterMs()[delivery.attempts - 1]
    delivery.state = wait === undefined ? 'failed' : 'retrying'
    if (wait !== undefined) this.#schedule.after(wait, () => this.#start(delivery))
  }

  /** Status 0 where there is no answer or nowhere to send to. */
  async #post(delivery: Delivery<Script>): Promise<{ status: number; timedOut: boolean }> {
    if (this.target === undefined) return { status: 0, timedOut: false }
    const { url, headers } = this.#options.addressed(this.target, delivery)
    try {
      const response = await fetch(url, {
        method: 'POST',
        body: delivery.body,
        signal: AbortSignal.timeout(this.#options.answerWithinMs),
        headers: { 'content-type': 'application/json', ...headers },
      })
      await response.body?.cancel()
      return { status: response.status, timedOut: false }
    } catch (error) {
      // No answer is an outcome here: it is shown as status 0.
      return { status: 0, timedOut: error instanceof DOMException && error.name === 'TimeoutError' }
    }
  }
}
