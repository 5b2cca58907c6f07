/** Access to the service: a signed assertion is exchanged for a token, which serves until shortly before its end. */
import { importPKCS8, SignJWT } from 'jose'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import type { Clock } from '../../kernel/clock.ts'
import { exchange, NoAnswerError, parseJson } from '../exchange.ts'
import { FcmError } from './errors.ts'
import type { ServiceAccount } from './service-account.ts'

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging'
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
/** UserState, 7.5: "cache until 5 minutes before expiry", "exp ≤ 1 h". */
const SPARE_MS = 5 * 60_000
const ASSERTION_S = 3600

const answer = Compile(
  Type.Object({ access_token: Type.String({ minLength: 1 }), expires_in: Type.Integer({ minimum: 1 }) }),
)

interface Issued {
  readonly token: string
  /** Instant in ms. */
  readonly until: number
}

export class AccessTokens {
  readonly #account: () => Promise<ServiceAccount>
  readonly #clock: Clock
  readonly #timeoutMs: number
  /** Shared by all who ask while it is fetched. */
  #current: Promise<Issued> | undefined

  constructor(account: () => Promise<ServiceAccount>, clock: Clock, timeoutMs: number) {
    this.#account = account
    this.#clock = clock
    this.#timeoutMs = timeoutMs
  }

  /** @throws FcmError `retry` */
  async get(): Promise<string> {
    const known = this.#current
    if (known !== undefined) {
      const { token, until } = await known
      if (this.#clock.now().getTime() < until) return token
      this.#forget(known)
    }
    return (await this.#fetch()).token
  }

  /** The service no longer takes this one. */
  async drop(token: string): Promise<void> {
    const known = this.#current
    if ((await known)?.token === token) this.#forget(known)
  }

  #fetch(): Promise<Issued> {
    this.#current ??= this.#exchange()
    const asked = this.#current
    // A failure is for those who waited; the next one tries anew.
    asked.catch(() => this.#forget(asked))
    return asked
  }

  #forget(old: Promise<Issued> | undefined): void {
    if (this.#current === old) this.#current = undefined
  }

  async #exchange(): Promise<Issued> {
    const now = this.#clock.now()
    const account = await this.#account()
    const body = new URLSearchParams({ grant_type: GRANT, assertion: await assertionOf(account, now) })
    const url = new URL(account.token_uri)
    const asked = { call: 'token', url, method: 'POST', body, timeoutMs: this.#timeoutMs } as const
    const { status, text } = await exchange(asked).catch((error: unknown) => {
      if (error instanceof NoAnswerError) throw new FcmError('retry', 'NO_ANSWER', error.message)
      throw error
    })
    const issued = parseJson(text)
    if (status !== 200 || !answer.Check(issued)) {
      throw new FcmError('retry', 'NO_ACCESS', `the service account was not given access: HTTP ${status}`)
    }
    return { token: issued.access_token, until: now.getTime() + issued.expires_in * 1000 - SPARE_MS }
  }
}

async function assertionOf(account: ServiceAccount, now: Date): Promise<string> {
  const { client_email: issuer, private_key: pem, token_uri: audience } = account
  const seconds = Math.floor(now.getTime() / 1000)
  return new SignJWT({ scope: SCOPE })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + ASSERTION_S)
    .sign(await importPKCS8(pem, 'RS256'))
}
