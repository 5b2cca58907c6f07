/** What the configuration may say about shops, and what adding or removing one does to it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDomainError } from '../../../kernel/errors.ts'
import { ConfigurationError, type Environment } from '../../../platform/configuration.ts'
import { readShopConfiguration } from '../configuration.ts'
import { databasesOf } from '../databases.ts'
import { addStore, type NewStore, removeStore } from './change-stores.ts'
import { readStores } from './read-stores.ts'
import { firstStore, furtherStore, type StoreIdentity } from './store-identity.ts'

const TOKEN_1 = `111:${'a'.repeat(35)}`
const TOKEN_2 = `222:${'b'.repeat(35)}`
const URLS = { baseUrl: 'http://here', publicUrl: 'http://there' }

const code = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    if (isDomainError(error)) return error.code
    throw error
  }
  return 'nothing was refused'
}

const problems = (environment: Environment): readonly string[] => {
  try {
    readStores(environment)
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems
    throw error
  }
  return []
}

/** Every name that follows from a shop's. */
function namesOf(identity: StoreIdentity): readonly string[] {
  const { system, databases, paths, variablePrefix, keyPrefix, fileSuffix } = identity
  const { telegram, pakasir } = readShopConfiguration(identity, {}, URLS)
  return [
    ...[system, ...Object.values(databases), ...Object.values(paths), variablePrefix, keyPrefix, fileSuffix],
    ...[telegram.token, telegram.apiRoot, telegram.webhookSecret ?? ''],
    ...[pakasir.project, pakasir.apiKey, pakasir.baseUrl, pakasir.webhookSecret ?? '', pakasir.webhookUrl],
  ]
}

test('without configuration there is the documented shop, with every documented name', () => {
  const [only, ...others] = readStores({})
  assert.deepEqual(others, [])
  assert.equal(only, firstStore)
  const { shop, audits } = databasesOf(firstStore)
  assert.deepEqual([shop.name, shop.urlVariables], ['db_store1', ['DATABASE_URL']])
  assert.deepEqual([audits.name, audits.urlVariables], ['db_audits', ['AUDIT_DATABASE_URL']])
  assert.equal(firstStore.keyPrefix, '')
})

test('no two shops have a name, a secret or an address in common', () => {
  const shops = [firstStore, ...['store2', 'store3', 'store22', 'glodok'].map((name) => furtherStore(name))]
  // The first shop has no prefixes: those of all others begin with what none of its names begins with.
  const names = shops.flatMap(namesOf).filter((name) => name !== '')
  assert.deepEqual(
    names.filter((name, i) => names.indexOf(name) !== i),
    [],
  )
})

test('a name that could be mistaken for another’s database, address or variable is refused', () => {
  for (const name of [
    'audits',
    'v1',
    'V2',
    'store_2',
    'store-2',
    '2',
    'a',
    'x'.repeat(21),
    '',
    'a b',
    '../x',
  ]) {
    assert.equal(
      code(() => addStore({}, { name })),
      'store_name_invalid',
      name,
    )
  }
  assert.match(problems({ QUICKCART_STORES: 'store2,audits' })[0] ?? '', /QUICKCART_STORES: "audits"/)
  assert.match(problems({ QUICKCART_STORES: 'store2,store2' })[0] ?? '', /store2 is named twice/)
  assert.match(problems({ QUICKCART_STORES: 'store1' })[0] ?? '', /store1 is always there/)
})

test('all problems of a damaged list are named at once', () => {
  assert.equal(problems({ QUICKCART_STORES: '{"stores":[store2,,audits,store3' }).length, 2)
})

test('two shops with one bot, a renewed token of it, or one gateway project are refused, at adding and at start', () => {
  const environment = { TELEGRAM_BOT_TOKEN: TOKEN_1, PAKASIR_PROJECT_SLUG: 'toko' }
  const taken: readonly Omit<NewStore, 'name'>[] = [
    { botToken: TOKEN_1 },
    { botToken: `111:${'z'.repeat(35)}` },
    { gatewayProject: 'toko' },
  ]
  for (const input of taken) {
    assert.equal(
      code(() => addStore(environment, { name: 'store2', ...input })),
      'store_credential_taken',
    )
  }
  const started = { ...environment, QUICKCART_STORES: 'store2', QUICKCART_STORE2_TELEGRAM_BOT_TOKEN: TOKEN_1 }
  assert.match(problems(started)[0] ?? '', /QUICKCART_STORE2_TELEGRAM_BOT_TOKEN: is also that of store1/)
})

test('a shop is added beside those that are there, with what was given and nothing else', () => {
  const environment = { QUICKCART_STORES: 'store2', QUICKCART_STORE2_TITLE: 'Dua' }
  const { identity, variables } = addStore(environment, {
    name: 'store3',
    title: 'Toko Tiga',
    botToken: TOKEN_2,
    admins: '1, 2',
  })
  assert.deepEqual(variables, {
    QUICKCART_STORE3_TITLE: 'Toko Tiga',
    QUICKCART_STORE3_TELEGRAM_BOT_TOKEN: TOKEN_2,
    QUICKCART_STORE3_ADMIN_USER_IDS: '1, 2',
    QUICKCART_STORES: 'store2,store3',
  })
  const stores = readStores({ ...environment, ...variables })
  assert.deepEqual(
    stores.map(({ title }) => title),
    ['QuickCart', 'Dua', 'Toko Tiga'],
  )
  const { rootAdmins, telegram } = readShopConfiguration(identity, variables, URLS)
  assert.deepEqual([rootAdmins, telegram.token], [[1n, 2n], TOKEN_2])
})

test('what is set already is never overwritten', () => {
  const there = { QUICKCART_STORE2_TELEGRAM_BOT_TOKEN: TOKEN_2 }
  assert.equal(
    code(() => addStore(there, { name: 'store2', botToken: `333:${'c'.repeat(35)}` })),
    'store_variable_set',
  )
  assert.ok(addStore(there, { name: 'store2', botToken: TOKEN_2 }))
  assert.equal(
    code(() => addStore({ QUICKCART_STORES: 'store2' }, { name: 'store2' })),
    'store_exists',
  )
  assert.equal(
    code(() => addStore({}, { name: 'store1' })),
    'store_exists',
  )
})

test('values that the next start would refuse are refused now', () => {
  assert.equal(
    code(() => addStore({}, { name: 'store2', botToken: 'abc' })),
    'store_value_invalid',
  )
  assert.equal(
    code(() => addStore({}, { name: 'store2', admins: 'budi' })),
    'store_value_invalid',
  )
  for (const title of ['', ' ', 'two\nlines', 'x'.repeat(61)]) {
    assert.equal(
      code(() => addStore({}, { name: 'store2', title })),
      'store_title_invalid',
    )
  }
})

test('beside a shop with real parties the new one must have what those ask for; our own secrets are made', () => {
  const live = {
    TELEGRAM_API_ROOT: 'https://api.telegram.org',
    PAKASIR_BASE_URL: 'https://app.pakasir.com',
    NIAGA_FIELD_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
  }
  assert.equal(
    code(() => addStore(live, { name: 'store2' })),
    'store_incomplete',
  )
  const input = { name: 'store2', botToken: TOKEN_2, gatewayProject: 'dua', gatewayKey: 'key-of-two' }
  const { identity, variables } = addStore(live, input)
  assert.match(variables.QUICKCART_STORE2_PAKASIR_WEBHOOK_SECRET ?? '', /^[\w-]{32}$/)
  const { telegram, pakasir } = readShopConfiguration(identity, { ...live, ...variables }, URLS)
  assert.deepEqual([telegram.simulated, pakasir.simulated, pakasir.project], [false, false, 'dua'])
})

test('who a shop is, is never taken from another; where the parties are, is said once for all', () => {
  const environment = {
    TELEGRAM_BOT_TOKEN: TOKEN_1,
    PAKASIR_API_KEY: 'key-of-the-first',
    PAKASIR_WEBHOOK_SECRET: 'secret-of-the-first',
    ADMIN_USER_IDS: '1',
    REDIS_URL: 'redis://one',
    TELEGRAM_MODE: 'webhook',
  }
  const second = readShopConfiguration(furtherStore('store2'), environment, URLS)
  assert.notEqual(second.telegram.token, TOKEN_1)
  assert.notEqual(second.pakasir.apiKey, 'key-of-the-first')
  assert.notEqual(second.pakasir.webhookSecret, 'secret-of-the-first')
  assert.deepEqual(second.rootAdmins, [])
  assert.deepEqual([second.redisUrl, second.telegram.mode], ['redis://one', 'webhook'])
  const own = { ...environment, QUICKCART_STORE2_REDIS_URL: 'redis://two' }
  assert.equal(readShopConfiguration(furtherStore('store2'), own, URLS).redisUrl, 'redis://two')
})

test('a removed shop leaves the list alone; the first one stays', () => {
  const environment = { QUICKCART_STORES: 'store2,store3', QUICKCART_STORE2_TITLE: 'Dua' }
  assert.deepEqual(removeStore(environment, 'store2').variables, { QUICKCART_STORES: 'store3' })
  assert.equal(
    code(() => removeStore(environment, 'store1')),
    'store_is_first',
  )
  assert.equal(
    code(() => removeStore(environment, 'store4')),
    'store_not_found',
  )
})
