/** The shops of this installation, as the environment names them: `QUICKCART_STORES=store2,store3` beside the first. */
import {
  ConfigurationError,
  type Environment,
  list,
  optional,
  readVariables,
  text,
  type Variables,
} from '../../../platform/configuration.ts'
import { firstStore, furtherStore, isStoreName, type StoreIdentity } from './store-identity.ts'

export const STORES = 'QUICKCART_STORES'

/** What a shop may be called: one line that people can read. */
export const TITLE = /^[^\p{C}\p{Z}](?:[^\p{C}]{0,58}[^\p{C}\p{Z}])?$/u

/** Whoever holds one of these is that shop to Telegram or the gateway: two shops with the same are one. */
const OWN = ['TELEGRAM_BOT_TOKEN', 'PAKASIR_PROJECT_SLUG'] as const

export const titleVariable: Variables = {
  TITLE: optional(text('what the shop is called, up to 60 characters', TITLE)),
}

/**
 * The first shop and all others, in their order.
 * @throws ConfigurationError for names that cannot be, and for shops that would be one to the outside.
 */
export function readStores(environment: Environment): readonly StoreIdentity[] {
  const names = namesIn(environment)
  const problems = names.flatMap((name, i) => problemOf(name, names.indexOf(name) < i))
  if (problems.length > 0) throw new ConfigurationError(problems)
  const stores = [firstStore, ...names.map((name) => furtherStore(name, titleIn(environment, name)))]
  const shared = stores.flatMap((store, i) =>
    sharedWith(environment, store, stores.slice(0, i)).map(
      ({ variable, other }) => `${variable}: is also that of ${other.name}; every shop needs its own`,
    ),
  )
  if (shared.length > 0) throw new ConfigurationError(shared)
  return stores
}

function namesIn(environment: Environment): readonly string[] {
  const { [STORES]: names } = readVariables({ [STORES]: list('further shops') }, environment)
  return names ?? []
}

function problemOf(name: string, isRepeated: boolean): string[] {
  if (name === firstStore.name) return [`${STORES}: ${name} is always there; name only further shops`]
  if (!isStoreName(name)) return [`${STORES}: "${name}" cannot be a shop's name (${NAME_RULE})`]
  return isRepeated ? [`${STORES}: ${name} is named twice`] : []
}

export const NAME_RULE =
  '2 to 20 small letters and digits, a letter first; not audits, quickcart, telegram, pakasir, v1'

function titleIn(environment: Environment, name: string): string | undefined {
  return environment[`${furtherStore(name).variablePrefix}TITLE`]?.trim() || undefined
}

export interface Shared {
  readonly variable: string
  readonly other: StoreIdentity
}

/** What this shop has in common with one of the others and must not. */
export function sharedWith(
  environment: Environment,
  store: StoreIdentity,
  others: readonly StoreIdentity[],
): readonly Shared[] {
  return OWN.flatMap((name) => {
    const variable = `${store.variablePrefix}${name}`
    const own = holderOf(environment[variable])
    if (own === undefined) return []
    return others
      .filter((other) => holderOf(environment[`${other.variablePrefix}${name}`]) === own)
      .map((other) => ({ variable, other }))
  })
}

/** A token's number is the bot; what follows changes when it is renewed. */
function holderOf(value: string | undefined): string | undefined {
  return value?.trim().split(':', 1)[0] || undefined
}
