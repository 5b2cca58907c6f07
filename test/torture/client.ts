/** One customer at a keyboard: asks until there is an answer, as every careful client does. */
import { setTimeout as wait } from 'node:timers/promises'

export interface Answer<Body> {
  readonly status: number
  readonly body: Body
}

export interface Told<Body> extends Answer<Body> {
  /** At least one try got no definite answer. */
  readonly wasUnknown: boolean
}

export interface Ask {
  readonly method?: string
  readonly body?: unknown
  readonly key?: string
}

/** Where a business is asked, and how people show who they are. */
export interface Desk<Who, Body> {
  /** "http://127.0.0.1:8080/quickcart/v1" */
  readonly root: string
  /** Their Authorization header, or what was answered instead: somebody who is shut out does not get one. */
  authorize(who: Who, call: Call<Body>): Promise<string | Answer<Body>>
  /** Codes of 5xx with which the business says itself that nothing came of it. */
  readonly definite: ReadonlySet<string>
}

export type Call<Body> = (path: string, asked: Ask) => Promise<Answer<Body>>

export type Violated = (oracle: string, detail: string) => void

/** What all customers of a run met. */
export class Tally {
  asked = 0
  /** Definite answers of 2xx. */
  acknowledged = 0
  refused = 0
  /** Tries without a definite answer, by what came instead. */
  readonly unknown = new Map<string, number>()
  resolved = 0
  /** Called with the time at which an acknowledged change was asked for. */
  onAcknowledged: (askedAt: number) => void = () => undefined
}

/** Longer than any fault lasts; a machine may be four times slower than ours. */
const GIVE_UP_MS = 180_000
const ANSWER_WITHIN_MS = 30_000

export class Client<Who, Body extends { readonly code?: string }> {
  readonly #desk: Desk<Who, Body>
  readonly #tally: Tally
  readonly #violated: Violated
  readonly #authorizations = new Map<Who, string>()

  constructor(desk: Desk<Who, Body>, tally: Tally, violated: Violated) {
    this.#desk = desk
    this.#tally = tally
    this.#violated = violated
  }

  /**
   * Tries until the answer is definite: a broken connection, 5xx, and "still being processed" are none.
   * A request that changes something needs a key, or must be harmless when it comes twice.
   */
  async ask(who: Who, path: string, asked: Ask = {}): Promise<Told<Body>> {
    const tally = this.#tally
    const deadline = Date.now() + GIVE_UP_MS
    tally.asked += 1
    let tries = 0
    for (;;) {
      const askedAt = Date.now()
      const { status, body } = await this.#once(who, path, asked)
      const reason = this.#notDefinite(who, status, body.code)
      if (status === 500) this.#violated('server error', `${path} was answered with ${body.code ?? '500'}`)
      if (reason === undefined) {
        if (tries > 0) tally.resolved += 1
        if (status < 300) tally.acknowledged += 1
        else tally.refused += 1
        if (status < 300 && asked.method === 'POST') tally.onAcknowledged(askedAt)
        return { status, body, wasUnknown: tries > 0 }
      }
      if (reason !== 'signed out') {
        tries += 1
        tally.unknown.set(reason, (tally.unknown.get(reason) ?? 0) + 1)
      }
      if (Date.now() > deadline || status === 500) {
        if (status !== 500) this.#violated('no answer', `${path}: ${reason} for ${GIVE_UP_MS} ms`)
        return { status, body, wasUnknown: true }
      }
      await wait(30 + Math.min(tries, 10) * 30)
    }
  }

  #notDefinite(who: Who, status: number, code = ''): string | undefined {
    if (status === 0) return 'no answer'
    if (status === 401) {
      this.#authorizations.delete(who)
      return 'signed out'
    }
    if (status === 409 && IN_FLIGHT.has(code)) return 'in flight'
    if (status >= 500 && !this.#desk.definite.has(code)) return `${status} ${code}`
    return undefined
  }

  async #once(who: Who, path: string, asked: Ask): Promise<Answer<Body>> {
    const call = (at: string, what: Ask, authorization?: string) => this.#call(at, what, authorization)
    try {
      const known = this.#authorizations.get(who) ?? (await this.#desk.authorize(who, call))
      if (typeof known !== 'string') return known
      this.#authorizations.set(who, known)
      return await call(path, asked, known)
    } catch {
      return { status: 0, body: noBody() }
    }
  }

  async #call(
    path: string,
    { method = 'GET', body, key }: Ask,
    authorization?: string,
  ): Promise<Answer<Body>> {
    const answer = await fetch(`${this.#desk.root}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(authorization === undefined ? {} : { authorization }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? noBody() : JSON.parse(text) }
  }
}

const IN_FLIGHT: ReadonlySet<string> = new Set(['idempotency_in_flight', 'idempotency_in_progress'])

/** Every field of a body is optional: an answer without one has none of them. */
function noBody() {
  return JSON.parse('{}')
}
