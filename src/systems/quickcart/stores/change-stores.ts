/**
 * One more shop, or one less: what has to stand in the configuration for it. Pure: nothing is written here, and no
 * database is touched; a shop that was removed and is added again finds all its data.
 */
import { randomBytes } from 'node:crypto'
import { ConfigurationError, type Environment, readVariables } from '../../../platform/configuration.ts'
import { readShopConfiguration, variablesOf } from '../configuration.ts'
import { fail } from './errors.ts'
import { NAME_RULE, readStores, STORES, sharedWith, TITLE } from './read-stores.ts'
import { firstStore, furtherStore, isStoreName, type StoreIdentity } from './store-identity.ts'

export interface NewStore {
  readonly name: string
  readonly title?: string
  readonly botToken?: string
  /** "1,2": Telegram ids. */
  readonly admins?: string
  readonly gatewayProject?: string
  readonly gatewayKey?: string
}

export interface StoreChange {
  readonly identity: StoreIdentity
  /** By name; these and no others change. */
  readonly variables: Readonly<Record<string, string>>
}

/**
 * @throws store_name_invalid, store_exists, store_title_invalid, store_variable_set, store_credential_taken,
 * store_value_invalid, store_incomplete; ConfigurationError where what is there already is wrong
 */
export function addStore(environment: Environment, input: NewStore): StoreChange {
  const { name, title } = input
  const stores = readStores(environment)
  if (stores.some((store) => store.name === name)) throw fail('store_exists', { name })
  if (!isStoreName(name)) throw fail('store_name_invalid', { name, rule: NAME_RULE })
  if (title !== undefined && !TITLE.test(title)) throw fail('store_title_invalid')
  const identity = furtherStore(name, title)
  const given = variablesGiven(identity, input)
  for (const [variable, value] of Object.entries(given)) {
    const there = environment[variable]?.trim()
    if (there && there !== value) throw fail('store_variable_set', { variable })
  }
  const names = [...stores.filter(({ name: one }) => one !== firstStore.name).map((one) => one.name), name]
  const variables = { ...given, ...missingSecrets(identity, environment), [STORES]: names.join(',') }
  check({ ...environment, ...variables }, identity, stores)
  return { identity, variables }
}

/** @throws store_is_first, store_not_found */
export function removeStore(environment: Environment, name: string): StoreChange {
  const stores = readStores(environment)
  const identity = stores.find((store) => store.name === name)
  const there = stores.map((store) => store.name)
  if (!identity) throw fail('store_not_found', { name, stores: there.join(', ') })
  if (identity === firstStore) throw fail('store_is_first', { name })
  const left = there.filter((one) => one !== name && one !== firstStore.name)
  return { identity, variables: { [STORES]: left.join(',') } }
}

function variablesGiven({ variablePrefix }: StoreIdentity, input: NewStore): Record<string, string> {
  const given = {
    TITLE: input.title,
    TELEGRAM_BOT_TOKEN: input.botToken,
    ADMIN_USER_IDS: input.admins,
    PAKASIR_PROJECT_SLUG: input.gatewayProject,
    PAKASIR_API_KEY: input.gatewayKey,
  }
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) =>
      value === undefined ? [] : [[`${variablePrefix}${name}`, value.trim()]],
    ),
  )
}

/** Ours to choose; the simulators learn fresh ones at each start, real parties are told them once. */
function missingSecrets({ variablePrefix }: StoreIdentity, environment: Environment): Record<string, string> {
  const isSet = (name: string) => Boolean(environment[`${variablePrefix}${name}`]?.trim())
  const isReal = (name: string) => isSet(name) || Boolean(environment[name]?.trim())
  const wanted = {
    PAKASIR_WEBHOOK_SECRET: isReal('PAKASIR_BASE_URL'),
    TELEGRAM_WEBHOOK_SECRET: isReal('TELEGRAM_API_ROOT'),
  }
  return Object.fromEntries(
    Object.entries(wanted)
      .filter(([name, isWanted]) => isWanted && !isSet(name))
      .map(([name]) => [`${variablePrefix}${name}`, randomBytes(24).toString('base64url')]),
  )
}

/** As the next start will read it: what that would refuse is refused now. */
function check(environment: Environment, identity: StoreIdentity, others: readonly StoreIdentity[]): void {
  const [taken] = sharedWith(environment, identity, others)
  if (taken) throw fail('store_credential_taken', { other: taken.other.name, variable: taken.variable })
  const problems = (read: () => unknown): string | undefined => {
    try {
      read()
      return undefined
    } catch (error) {
      if (error instanceof ConfigurationError) return error.problems.join('\n- ')
      throw error
    }
  }
  const wrong = problems(() => readVariables(variablesOf(identity), environment))
  if (wrong !== undefined) throw fail('store_value_invalid', { problems: wrong })
  const missing = problems(() => readShopConfiguration(identity, environment, { baseUrl: '', publicUrl: '' }))
  if (missing !== undefined) throw fail('store_incomplete', { missing })
}
