/** What the environment says of the payment gateway (UserState, section 8). Unset, it is simulated. */
import { randomBytes } from 'node:crypto'
import {
  ConfigurationError,
  type Environment,
  optional,
  readVariables,
  secret,
  text,
  url,
} from '../../../platform/configuration.ts'

export const gatewayVariables = {
  XENDIT_BASE_URL: optional(url('https://api.xendit.co for the real gateway; the simulator where unset')),
  XENDIT_SECRET_KEY: optional(secret('the secret key at the gateway')),
  XENDIT_CALLBACK_TOKEN: optional(secret('the token that its callbacks carry')),
  REDIRECT_HOSTS: optional(
    text('hosts that payers may be led back to: "app.example,shop.example"', /^[\w.:,-]+$/),
  ),
}

const REAL_NEEDS = ['XENDIT_BASE_URL', 'XENDIT_SECRET_KEY', 'XENDIT_CALLBACK_TOKEN'] as const

const SIMULATOR_PATH = '/sim/xendit'

/** The simulator learns it at start, so a fresh one each time is best. */
const FRESH_TOKEN = randomBytes(24).toString('base64url')

export interface GatewayConfiguration {
  readonly baseUrl: string
  readonly secretKey: string
  /** Undefined: every callback is refused. */
  readonly callbackToken: string | undefined
  /** Where the gateway sends callbacks: …/invoices and …/payouts below it. */
  readonly webhookUrl: string
  /** Where we play the gateway ourselves, and its address for browsers; undefined for the real one. */
  readonly simulator: { readonly path: string; readonly publicUrl: string } | undefined
  readonly redirectHosts: readonly string[]
}

/** @throws ConfigurationError where production would run on the simulator, or a real gateway lacks what it needs */
export function readGatewayConfiguration(
  environment: Environment,
  { baseUrl, publicUrl }: { readonly baseUrl: string; readonly publicUrl: string },
): GatewayConfiguration {
  const read = readVariables(gatewayVariables, environment)
  const isProduction = environment.NIAGA_ENVIRONMENT?.trim() === 'production'
  const isReal = read.XENDIT_BASE_URL !== undefined || isProduction
  const missing = isReal ? REAL_NEEDS.filter((name) => read[name] === undefined) : []
  const problems = missing.map((name) => `${name}: is needed in production and for a real gateway`)
  if (isProduction && read.XENDIT_BASE_URL !== undefined && isSimulator(read.XENDIT_BASE_URL)) {
    problems.push(
      `XENDIT_BASE_URL: ${read.XENDIT_BASE_URL} is a simulator; production needs the gateway itself`,
    )
  }
  if (problems.length > 0) throw new ConfigurationError(problems)
  return {
    baseUrl: read.XENDIT_BASE_URL ?? `${baseUrl}${SIMULATOR_PATH}`,
    secretKey: read.XENDIT_SECRET_KEY ?? 'xnd_development_sandbox_userstate',
    callbackToken: read.XENDIT_CALLBACK_TOKEN ?? FRESH_TOKEN,
    webhookUrl: `${baseUrl}/userstate/v1/webhooks/xendit`,
    simulator: isReal ? undefined : { path: SIMULATOR_PATH, publicUrl: `${publicUrl}${SIMULATOR_PATH}` },
    redirectHosts: read.REDIRECT_HOSTS?.split(',').filter(Boolean) ?? [],
  }
}

/** Ours answers below /sim/; whatever is not reached over TLS is nobody who moves money. */
function isSimulator(text: string): boolean {
  const { protocol, pathname } = new URL(text)
  return protocol !== 'https:' || /^\/sim(\/|$)/.test(pathname)
}
