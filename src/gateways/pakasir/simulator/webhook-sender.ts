/** The gateway's outgoing webhooks: sent as a real gateway would, or as badly as the script says. */
import { createHmac } from 'node:crypto'
import type { Clock } from '../../../kernel/clock.ts'
import { Schedule } from './schedule.ts'

export interface WebhookTarget {
  /** The merchant's registered address, with its `?token=`. */
  readonly url: string
  /** Signs bodies where the script asks for a signature. */
  readonly secret?: string
}

export interface WebhookScript {
  /** Identical copies of each webhook, sent at the same time. */
  readonly copies: number
  readonly delayMs: number
  /** Never sent at all. */
  readonly drop: boolean
  /** Kept until `release`, which may turn the order round. */
  readonly hold: boolean
  readonly token: 'good' | 'bad' | 'none'
  readonly signature: 'none' | 'good' | 'bad'
}

export const HONEST: WebhookScript = {
  copies: 1,
  delayMs: 0,
  drop: false,
  hold: false,
  token: 'good',
  signature: 'none',
}

export interface Delivery {
  readonly orderId: string
  readonly body: string
  readonly script: WebhookScript
  state: 'scheduled' | 'held' | 'dropped' | 'sending' | 'delivered' | 'retrying' | 'failed'
  attempts: number
  /** HTTP status of the last answer, or 0 where there was none. */
  lastStatus: number | undefined
}

// What gateways of this kind do until the merchant answers 2xx.
const RETRY_AFTER_MS = [5_000, 30_000, 120_000, 600_000]
const ANSWER_WITHIN_MS = 10_000
const KEPT = 500

export class WebhookSender {
  target: WebhookTarget | undefined
  script: WebhookScript = HONEST
  readonly deliveries: Delivery[] = []
  readonly #schedule: Schedule
  readonly #running = new Set<Promise<void>>()

  constructor(clock: Clock) {
    this.#schedule = new Schedule(clock)
  }

  /** Sends by the script in force, with what `script` says otherwise. */
  send(orderId: string, body: object, script: Partial<WebhookScript> = {}): void {
    const how = { ...this.script, ...script }
    for (let copy = 0; copy < how.copies; copy++) {
      const delivery: Delivery = {
        orderId,
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

  /** Sends what was held, one after the other; the later ones first where reversed. */
  async release(order: 'as_sent' | 'reversed' = 'as_sent'): Promise<void> {
    const held = this.deliveries.filter(({ state }) => state === 'held')
    for (const delivery of order === 'reversed' ? held.reverse() : held) {
      this.#start(delivery)
      await this.settled()
    }
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

  #start(delivery: Delivery): void {
    const attempt = this.#attempt(delivery).finally(() => this.#running.delete(attempt))
    this.#running.add(attempt)
  }

  async #attempt(delivery: Delivery): Promise<void> {
    delivery.state = 'sending'
    delivery.attempts += 1
    delivery.lastStatus = await this.#post(delivery)
    if (delivery.lastStatus >= 200 && delivery.lastStatus < 300) {
      delivery.state = 'delivered'
      return
    }
    const wait = RETRY_AFTER_MS[delivery.attempts - 1]
    delivery.state = wait === undefined ? 'failed' : 'retrying'
    if (wait !== undefined) this.#schedule.after(wait, () => this.#start(delivery))
  }

  /** The HTTP status, or 0 where there is no answer or nowhere to send to. */
  async #post({ body, script }: Delivery): Promise<number> {
    if (!this.target) return 0
    const signature = signatureOf(body, script, this.target.secret)
    try {
      const response = await fetch(addressOf(this.target.url, script), {
        method: 'POST',
        body,
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
        headers: {
          'content-type': 'application/json',
          ...(signature ? { 'x-pakasir-signature': signature } : {}),
        },
      })
      await response.body?.cancel()
      return response.status
    } catch {
      // No answer is an outcome here: it is shown as status 0 and retried.
      return 0
    }
  }
}

function addressOf(registered: string, { token }: WebhookScript): URL {
  const url = new URL(registered)
  if (token === 'bad') url.searchParams.set('token', 'not-the-token')
  if (token === 'none') url.searchParams.delete('token')
  return url
}

function signatureOf(body: string, { signature }: WebhookScript, secret = ''): string | undefined {
  if (signature === 'none') return undefined
  const key = signature === 'good' ? secret : `not-${secret}`
  return createHmac('sha256', key).update(body).digest('hex')
}
