/** The simulated token endpoint: checks the signed assertion as the real one does, and hands out access tokens. */
import { generateKeyPair, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { errors, importSPKI, jwtVerify } from 'jose'
import type { Clock } from '../../../kernel/clock.ts'
import { SimulatorRefusal } from '../../simulation/refusal.ts'
import type { ServiceAccount } from '../service-account.ts'

const LIFETIME_S = 3600
const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging'
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const EMAIL = 'sender@simulated.invalid'

interface KeyPair {
  readonly privateKey: string
  readonly publicKey: string
}

export class SimulatedAccess {
  readonly #clock: Clock
  #keys: Promise<KeyPair> | undefined
  /** Token → instant in ms until which it serves. */
  readonly #issued = new Map<string, number>()
  #issues = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** How many tokens were handed out. */
  get issues(): number {
    return this.#issues
  }

  /** The account whose signature it takes; `baseUrl`: where the simulator is mounted. */
  async account(projectId: string, baseUrl: string): Promise<ServiceAccount> {
    const { privateKey } = await this.#keyPair()
    return {
      project_id: projectId,
      client_email: EMAIL,
      private_key: privateKey,
      token_uri: `${baseUrl}/token`,
    }
  }

  /** @throws SimulatorRefusal 400 invalid_grant */
  async check(form: Readonly<Record<string, unknown>>): Promise<void> {
    if (form.grant_type !== GRANT)
      throw new SimulatorRefusal(400, 'unsupported_grant_type', 'Invalid grant_type')
    await this.#verify(String(form.assertion))
  }

  issue(): { token: string; lifetimeS: number } {
    const token = `ya29.simulated-${randomBytes(24).toString('base64url')}`
    this.#issues += 1
    this.#issued.set(token, this.#clock.now().getTime() + LIFETIME_S * 1000)
    return { token, lifetimeS: LIFETIME_S }
  }

  takes(authorization: string | undefined): boolean {
    const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1] ?? ''
    return (this.#issued.get(token) ?? 0) > this.#clock.now().getTime()
  }

  /** Every token handed out so far ends at once. */
  revoke(): void {
    this.#issued.clear()
  }

  async #verify(assertion: string): Promise<void> {
    const { publicKey } = await this.#keyPair()
    try {
      const { payload } = await jwtVerify(assertion, await importSPKI(publicKey, 'RS256'), {
        algorithms: ['RS256'],
        issuer: EMAIL,
        currentDate: this.#clock.now(),
        requiredClaims: ['iat', 'exp', 'aud'],
        maxTokenAge: LIFETIME_S,
      })
      const isShort = (payload.exp ?? 0) - (payload.iat ?? 0) <= LIFETIME_S
      if (payload.scope !== SCOPE || !isShort || !String(payload.aud).endsWith('/token')) {
        throw new SimulatorRefusal(400, 'invalid_grant', 'Invalid JWT: scope, audience or lifetime')
      }
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error
      throw new SimulatorRefusal(400, 'invalid_grant', 'Invalid JWT Signature.')
    }
  }

  /** Made when first needed: it takes a moment. */
  #keyPair(): Promise<KeyPair> {
    this.#keys ??= promisify(generateKeyPair)('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    })
    return this.#keys
  }
}
