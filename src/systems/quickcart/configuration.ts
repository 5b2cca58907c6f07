/** What QuickCart reads from the environment (its specification, §11). Unset, everything is simulated. */
import { createHash, createHmac, randomBytes } from 'node:crypto'
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
  type Values,
  type Variables,
} from '../../platform/configuration.ts'
import { type FieldKeys, parseFieldKeys } from '../../platform/crypto/field-keys.ts'
import { titleVariable } from './stores/read-stores.ts'
import type { StoreIdentity } from './stores/store-identity.ts'

const REDIS = ['redis:', 'rediss:']

const variables = {
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

type Name = keyof typeof variables

/** Where the parties are, not who the shop is: said once for all shops, and again for one that differs. */
const HOUSE_WIDE: ReadonlySet<Name> = new Set<Name>([
  'TELEGRAM_API_ROOT',
  'TELEGRAM_MODE',
  'PAKASIR_BASE_URL',
  'PAKASIR_PAY_BASE_URL',
  'REDIS_URL',
  'NIAGA_FIELD_KEYS',
])

/** Every variable that this shop has to itself, by its full name. */
export function variablesOf({ variablePrefix }: StoreIdentity): Variables {
  const all = variablePrefix === '' ? variables : { ...titleVariable, ...variables }
  return Object.fromEntries(Object.entries(all).map(([name, one]) => [`${variablePrefix}${name}`, one]))
}

/** The variable that tells a shop this: its own, or the one of all shops where that may serve. */
function variableOf({ variablePrefix }: StoreIdentity, environment: Environment, name: Name): string {
  const own = `${variablePrefix}${name}`
  return HOUSE_WIDE.has(name) && !environment[own]?.trim() ? name : own
}

/** Accepted by the simulators alone. */
function sandboxOf({ name, system, variablePrefix }: StoreIdentity) {
  const hash = createHash('sha256').update(name).digest().readUInt32BE()
  const bot = 900_000_000 + (variablePrefix === '' ? 0 : 1 + (hash % 99_999_999))
  return {
    token: `${bot}:SANDBOX-${system}-bot-token-0000000`,
    project: `${system}-sandbox`,
    apiKey: `sandbox-api-key-${name}`,
    // Signs nothing but play; a shop with a real bot must bring its own.
    fieldKeys: `sandbox:${Buffer.alloc(32, system).toString('base64')}`,
  }
}

/** The simulators learn our secrets at start, so fresh ones each time are best. */
const FRESH = randomBytes(32)

function freshSecret({ system }: StoreIdentity, party: string): string {
  return createHmac('sha256', FRESH).update(`${system}/${party}`).digest('base64url')
}

export interface ShopConfiguration {
  readonly telegram: {
    readonly token: string
    readonly apiRoot: string
    readonly mode: 'polling' | 'webhook'
    /** Undefined: the webhook refuses everything. */
    readonly webhookSecret: string | undefined
    /** Where Telegram brings updates in mode `webhook`. */
    readonly webhookUrl: string
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
  identity: StoreIdentity,
  environment: Environment,
  { baseUrl, publicUrl }: { readonly baseUrl: string; readonly publicUrl: string },
): ShopConfiguration {
  const read = readVariables(variables, environment, (name) => variableOf(identity, environment, name))
  const problems = [...missing(identity, read), ...unreachable(read, publicUrl)]
  if (problems.length > 0) throw new ConfigurationError(problems)
  const { telegramSimulator, pakasirSimulator, webhooks } = identity.paths
  const sandbox = sandboxOf(identity)
  const fresh = (party: string) => freshSecret(identity, party)
  return {
    telegram: {
      token: read.TELEGRAM_BOT_TOKEN ?? sandbox.token,
      apiRoot: read.TELEGRAM_API_ROOT ?? `${baseUrl}${telegramSimulator}`,
      mode: read.TELEGRAM_MODE,
      webhookSecret: read.TELEGRAM_WEBHOOK_SECRET ?? (read.TELEGRAM_API_ROOT ? undefined : fresh('telegram')),
      webhookUrl: `${read.TELEGRAM_API_ROOT === undefined ? baseUrl : publicUrl}${webhooks}/telegram`,
      simulated: read.TELEGRAM_API_ROOT === undefined,
    },
    pakasir: {
      baseUrl: read.PAKASIR_BASE_URL ?? `${baseUrl}${pakasirSimulator}`,
      payBaseUrl: read.PAKASIR_PAY_BASE_URL ?? read.PAKASIR_BASE_URL ?? `${publicUrl}${pakasirSimulator}`,
      project: read.PAKASIR_PROJECT_SLUG ?? sandbox.project,
      apiKey: read.PAKASIR_API_KEY ?? sandbox.apiKey,
      webhookSecret: read.PAKASIR_WEBHOOK_SECRET ?? (read.PAKASIR_BASE_URL ? undefined : fresh('pakasir')),
      webhookUrl: `${baseUrl}${webhooks}/pakasir`,
      simulated: read.PAKASIR_BASE_URL === undefined,
    },
    rootAdmins: read.ADMIN_USER_IDS,
    redisUrl: read.REDIS_URL,
    fieldKeys: parseFieldKeys(read.NIAGA_FIELD_KEYS ?? sandbox.fieldKeys),
  }
}

/** Telegram brings updates over https only; a Bot API server of one's own is content with less. */
function unreachable(read: Values<typeof variables>, publicUrl: string): string[] {
  const isReal = read.TELEGRAM_API_ROOT?.startsWith('https:') === true
  if (read.TELEGRAM_MODE !== 'webhook' || !isReal || publicUrl.startsWith('https:')) return []
  return [
    'NIAGA_PUBLIC_URL: TELEGRAM_MODE=webhook needs an https address at which Telegram reaches this server',
  ]
}

/** What the named parties need and have not got, each with the variable to set. */
function missing(identity: StoreIdentity, read: Values<typeof variables>): string[] {
  const variable = (name: Name) => (HOUSE_WIDE.has(name) ? name : `${identity.variablePrefix}${name}`)
  const needs = (party: string | undefined, names: readonly Name[]) =>
    party === undefined
      ? []
      : names
          .filter((name) => read[name] === undefined)
          .map((name) => `${variable(name)}: is needed with ${party} (${variables[name].about})`)
  return [
    ...needs(read.TELEGRAM_API_ROOT, [
      'TELEGRAM_BOT_TOKEN',
      'NIAGA_FIELD_KEYS',
      ...(read.TELEGRAM_MODE === 'webhook' ? (['TELEGRAM_WEBHOOK_SECRET'] as const) : []),
    ]),
    ...needs(read.PAKASIR_BASE_URL, ['PAKASIR_PROJECT_SLUG', 'PAKASIR_API_KEY', 'PAKASIR_WEBHOOK_SECRET']),
  ]
}
