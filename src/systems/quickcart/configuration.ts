/** What QuickCart reads from the environment (its specification, §11). Unset, everything is simulated. */
import { randomBytes } from 'node:crypto'
import {
  ConfigurationError,
  type Environment,
  idList,
  oneOf,
  optional,
  readVariables,
  secret,
  text,
  url,
} from '../../platform/configuration.ts'
import { type FieldKeys, parseFieldKeys } from '../../platform/crypto/field-keys.ts'

const REDIS = ['redis:', 'rediss:']

export const variables = {
  TELEGRAM_BOT_TOKEN: optional(secret('the bot token, from @BotFather', /^\d+:[\w-]{30,}$/)),
  TELEGRAM_API_ROOT: optional(
    url('https://api.telegram.org for the real Telegram; the simulator where unset'),
  ),
  TELEGRAM_MODE: oneOf('how updates arrive', ['polling', 'webhook'], 'polling'),
  TELEGRAM_WEBHOOK_SECRET: optional(
    secret('1 to 256 letters, digits, _ or -: Telegram sends it along', /^[\w-]{1,256}$/),
  ),
  ADMIN_USER_IDS: idList('Telegram ids of the root admins'),
  PAKASIR_BASE_URL: optional(url('https://app.pakasir.com for the real gateway; the simulator where unset')),
  PAKASIR_PAY_BASE_URL: optional(url('where the checkout page lives, if on a domain of its own')),
  PAKASIR_PROJECT_SLUG: optional(text('the project at the gateway', /^[\w-]+$/)),
  PAKASIR_API_KEY: optional(secret('its API key')),
  PAKASIR_WEBHOOK_SECRET: optional(secret('?token= of the webhook URL registered at the gateway')),
  REDIS_URL: optional(url('Redis for sessions, limits and caches; PostgreSQL keeps them where unset', REDIS)),
  NIAGA_FIELD_KEYS: optional(
    secret('"k1:<base64 of 32 bytes>", newest first: seals the keys that sign access tokens', /^\S{40,}$/),
  ),
}

/** Accepted by the simulators alone. */
const SANDBOX = {
  token: '900000000:SANDBOX-quickcart-bot-token-0000000',
  project: 'quickcart-sandbox',
  apiKey: 'sandbox-api-key',
  // Signs nothing but play; a shop with a real bot must bring its own.
  fieldKeys: `sandbox:${Buffer.alloc(32, 'quickcart').toString('base64')}`,
} as const

/** The simulators learn our secrets at start, so fresh ones each time are best. */
const FRESH = {
  telegram: randomBytes(24).toString('base64url'),
  pakasir: randomBytes(24).toString('base64url'),
} as const

export interface ShopConfiguration {
  readonly telegram: {
    readonly token: string
    readonly apiRoot: string
    readonly mode: 'polling' | 'webhook'
    /** Undefined: the webhook refuses everything. */
    readonly webhookSecret: string | undefined
    readonly simulated: boolean
  }
  readonly pakasir: {
    readonly baseUrl: string
    readonly payBaseUrl: string
    readonly project: string
    readonly apiKey: string
    /** Undefined: the webhook refuses everything. */
    readonly webhookSecret: string | undefined
    /** Where the gateway reports payments to, without the secret. */
    readonly webhookUrl: string
    readonly simulated: boolean
  }
  readonly rootAdmins: readonly bigint[]
  readonly redisUrl: string | undefined
  readonly fieldKeys: FieldKeys
}

/** @throws ConfigurationError where a real party is named without what it needs. */
export function readShopConfiguration(
  environment: Environment,
  { baseUrl, publicUrl }: { readonly baseUrl: string; readonly publicUrl: string },
): ShopConfiguration {
  const read = readVariables(variables, environment)
  const problems = missing(read)
  if (problems.length > 0) throw new ConfigurationError(problems)
  return {
    telegram: {
      token: read.TELEGRAM_BOT_TOKEN ?? SANDBOX.token,
      apiRoot: read.TELEGRAM_API_ROOT ?? `${baseUrl}/sim/telegram`,
      mode: read.TELEGRAM_MODE,
      webhookSecret: read.TELEGRAM_WEBHOOK_SECRET ?? (read.TELEGRAM_API_ROOT ? undefined : FRESH.telegram),
      simulated: read.TELEGRAM_API_ROOT === undefined,
    },
    pakasir: {
      baseUrl: read.PAKASIR_BASE_URL ?? `${baseUrl}/sim/pakasir`,
      payBaseUrl: read.PAKASIR_PAY_BASE_URL ?? read.PAKASIR_BASE_URL ?? `${publicUrl}/sim/pakasir`,
      project: read.PAKASIR_PROJECT_SLUG ?? SANDBOX.project,
      apiKey: read.PAKASIR_API_KEY ?? SANDBOX.apiKey,
      webhookSecret: read.PAKASIR_WEBHOOK_SECRET ?? (read.PAKASIR_BASE_URL ? undefined : FRESH.pakasir),
      webhookUrl: `${baseUrl}/webhooks/pakasir`,
      simulated: read.PAKASIR_BASE_URL === undefined,
    },
    rootAdmins: read.ADMIN_USER_IDS,
    redisUrl: read.REDIS_URL,
    fieldKeys: parseFieldKeys(read.NIAGA_FIELD_KEYS ?? SANDBOX.fieldKeys),
  }
}

function missing(read: ReturnType<typeof readVariables<typeof variables>>): string[] {
  const needs = (party: string | undefined, names: readonly (keyof typeof variables)[]) =>
    party === undefined
      ? []
      : names
          .filter((name) => read[name] === undefined)
          .map((name) => `${name}: is needed with ${party} (${variables[name].about})`)
  return [
    ...needs(read.TELEGRAM_API_ROOT, [
      'TELEGRAM_BOT_TOKEN',
      'NIAGA_FIELD_KEYS',
      ...(read.TELEGRAM_MODE === 'webhook' ? (['TELEGRAM_WEBHOOK_SECRET'] as const) : []),
    ]),
    ...needs(read.PAKASIR_BASE_URL, ['PAKASIR_PROJECT_SLUG', 'PAKASIR_API_KEY', 'PAKASIR_WEBHOOK_SECRET']),
  ]
}
