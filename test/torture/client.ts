/** One customer at a keyboard: asks until there is an answer, as every careful client does. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Model } from './model.ts'
import type { Stage } from './stage.ts'

/** What answers may hold, as far as customers look. */
export interface Body {
  readonly code?: string
  readonly retry_after?: number
  readonly access_token?: string
  readonly invoice?: string
  readonly status?: string
  readonly subtotal?: string
  readonly voucher_discount?: string
  readonly fee?: string
  readonly total?: string
  readonly amount?: string
  readonly items?: readonly Item[]
  readonly payment?: { readonly status?: string } | null
  readonly id?: string | number
  readonly added?: number
  readonly account_balance?: string
  readonly codes?: readonly string[]
  readonly broadcast_id?: number
}

interface Item {
  readonly product_id?: number
  readonly quantity?: number
  readonly contents?: readonly string[]
  readonly invoice?: string
  readonly status?: string
}

export interface Told {
  readonly status: number
  readonly body: Body
  /** At least one try got no definite answer. */
  readonly wasUnknown: boolean
}

export interface Ask {
  readonly method?: string
  readonly body?: unknown
  readonly key?: string
}

export interface Counts {
  asked: number
  /** Definite answers of 2xx. */
  acknowledged: number
  refused: number
  /** Tries without a definite answer, by what came instead. */
  readonly unknown: Map<string, number>
  resolved: number
}

/** Longer than any fault lasts; a machine may be four times slower than ours. */
const GIVE_UP_MS = 180_000
const ANSWER_WITHIN_MS = 30_000

export class Client {
  readonly counts: Counts = { asked: 0, acknowledged: 0, refused: 0, unknown: new Map(), resolved: 0 }
  /** When the last acknowledged change was asked for. */
  onAcknowledged: (askedAt: number) => void = () => undefined
  readonly #stage: Stage
  readonly #model: Model
  readonly #tokens = new Map<number, string>()

  constructor(stage: Stage, model: Model) {
    this.#stage = stage
    this.#model = model
  }

  /**
   * Tries until the answer is definite: a broken connection, 5xx, and "still being processed" are none.
   * A request that changes something needs a key, or must be harmless when it comes twice.
   */
  async ask(person: number, path: string, asked: Ask = {}): Promise<Told> {
    const deadline = Date.now() + GIVE_UP_MS
    this.counts.asked += 1
    let tries = 0
    for (;;) {
      const askedAt = Date.now()
      const { status, body } = await this.#once(person, path, asked)
      const reason = this.#notDefinite(person, status, body)
      if (status === 500)
        this.#model.violated('server error', `${path} was answered with ${body.code ?? '500'}`)
      if (reason === undefined) {
        if (tries > 0) this.counts.resolved += 1
        if (status < 300) this.counts.acknowledged += 1
        else this.counts.refused += 1
        if (status < 300 && asked.method === 'POST') this.onAcknowledged(askedAt)
        return { status, body, wasUnknown: tries > 0 }
      }
      if (reason !== 'signed out') {
        tries += 1
        this.counts.unknown.set(reason, (this.counts.unknown.get(reason) ?? 0) + 1)
      }
      if (Date.now() > deadline || status === 500) {
        if (status !== 500) this.#model.violated('no answer', `${path}: ${reason} for ${GIVE_UP_MS} ms`)
        return { status, body, wasUnknown: true }
      }
      await wait(30 + Math.min(tries, 10) * 30)
    }
  }

  #notDefinite(person: number, status: number, body: Body): string | undefined {
    if (status === 0) return 'no answer'
    if (status === 401) {
      this.#tokens.delete(person)
      return 'signed out'
    }
    if (status === 409 && body.code === 'idempotency_in_flight') return 'in flight'
    // Of the gateway's the shop says itself that nothing was sold.
    if (status >= 500 && body.code !== 'gateway_unavailable' && body.code !== 'gateway_fee_mismatch')
      return `${status} ${body.code ?? ''}`
    return undefined
  }

  async #once(person: number, path: string, asked: Ask): Promise<{ status: number; body: Body }> {
    try {
      const token = this.#tokens.get(person) ?? (await this.#signIn(person))
      return typeof token === 'string' ? await this.#call(path, asked, token) : token
    } catch {
      return { status: 0, body: {} }
    }
  }

  /** The token, or what was said instead: somebody who is shut out does not get one. */
  async #signIn(person: number): Promise<string | { status: number; body: Body }> {
    const told = await this.#call('/auth/telegram', {
      method: 'POST',
      body: { init_data: this.#stage.telegram.initData(person) },
    })
    const { access_token: token } = told.body
    if (token === undefined) return told
    this.#tokens.set(person, token)
    return token
  }

  async #call(
    path: string,
    { method = 'GET', body, key }: Ask,
    token?: string,
  ): Promise<{ status: number; body: Body }> {
    const answer = await fetch(`${this.#stage.origin}/quickcart/v1${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? {} : JSON.parse(text) }
  }
}
