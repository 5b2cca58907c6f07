import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { testDatabase } from '../../../test/database.ts'
import { systemCaller } from '../../kernel/caller.ts'
import { SandboxClock } from '../../kernel/clock.ts'
import { isDomainError, kernelErrors } from '../../kernel/errors.ts'
import { sql } from '../../postgres/sql.ts'
import { inTransaction, type Tx } from '../../postgres/transaction.ts'
import { platformComponent } from '../components.ts'
import { newFieldKey, parseFieldKeys } from '../crypto/field-keys.ts'
import { platformErrors } from '../errors.ts'
import { call, testServer } from '../http/test-server.ts'
import { jobsComponent } from '../jobs/component.ts'
import { createApiKey, listApiKeys, revokeApiKey } from './api-keys.ts'
import { type Account, createAccess, jwksRoute } from './authenticate.ts'
import { useAccess } from './guard.ts'
import { callerOf } from './identity.ts'
import { definePermissions } from './permissions.ts'
import { createTokens } from './tokens.ts'

const clock = new SandboxClock()
const shop = await testDatabase(
  {
    system: 'shop',
    name: 'db_access',
    urlVariables: [],
    components: [jobsComponent, platformComponent],
    errors: { ...kernelErrors, ...platformErrors },
  },
  clock,
)

/** As in a document's table: one row per permission, one column per kind of caller. */
const permissions = definePermissions({
  'catalog.own': { roles: ['customer', 'reseller', 'admin'] },
  'price.reseller': { roles: ['reseller', 'admin'] },
  'stats.read': { roles: ['admin'], scopes: ['reporting'] },
  'payments.reconcile': { roles: ['admin'], scopes: ['ops'] },
  'audit.read': { roles: ['admin'] },
})
const MATRIX: Record<keyof typeof permissions.rules, string[]> = {
  'catalog.own': ['customer', 'reseller', 'admin'],
  'price.reseller': ['reseller', 'admin'],
  'stats.read': ['admin', 'reporting'],
  'payments.reconcile': ['admin', 'ops'],
  'audit.read': ['admin'],
}

const accounts = new Map<string, Account>([
  ['1', { roles: ['customer'], actor: 'user', banned: false }],
  ['2', { roles: ['reseller'], actor: 'user', banned: false }],
  ['3', { roles: ['admin'], actor: 'admin', banned: false }],
  ['4', { roles: ['customer'], actor: 'user', banned: true }],
])

const seal = parseFieldKeys(newFieldKey('k1'))
const tokens = createTokens({ db: shop.db, system: 'shop', seal, refreshSeconds: 3600 })
const inTx = <T>(work: (tx: Tx) => Promise<T>) => inTransaction(shop.db, systemCaller, work)
const keyFor = async (scopes: string[], expiresAt?: Date) =>
  inTx((tx) => createApiKey(tx, { name: `for ${scopes}`, scopes, ...(expiresAt ? { expiresAt } : {}) }))

function routes(app: FastifyInstance): void {
  const access = createAccess({
    system: 'shop',
    db: shop.db,
    tokens,
    permissions,
    loadAccount: async (subject) => accounts.get(subject),
  })
  useAccess(app, access)
  jwksRoute(app, tokens)
  for (const permission of Object.keys(permissions.rules)) {
    app.get(`/${permission}`, { config: { access: { permission } } }, async (request) => callerOf(request))
  }
  app.get('/open', { config: { access: 'public' } }, async (request) => callerOf(request))
  app.get('/products', { config: { access: 'optional' } }, async ({ identity }) => ({ identity }))
}

const start = (t: TestContext) => testServer(t, routes)
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })
const personal = async (subject: string) => bearer((await tokens.issue(subject)).access_token)

test('every permission opens to exactly those in its row, and to nobody without a name', async (t) => {
  const { url } = await start(t)
  const callers: Record<string, RequestInit> = {
    customer: await personal('1'),
    reseller: await personal('2'),
    admin: await personal('3'),
    reporting: bearer((await keyFor(['reporting'])).key),
    ops: bearer((await keyFor(['ops'])).key),
    unscoped: bearer((await keyFor([])).key),
  }
  for (const [permission, allowed] of Object.entries(MATRIX)) {
    for (const [name, init] of Object.entries(callers)) {
      const { status, body } = await call(`${url}/${permission}`, init)
      assert.equal(status, allowed.includes(name) ? 200 : 403, `${name} at ${permission}`)
      if (status === 403) assert.equal(body.code, 'forbidden')
    }
    const { status, headers } = await call(`${url}/${permission}`)
    assert.equal(status, 401)
    assert.equal(headers.get('www-authenticate'), 'Bearer')
  }
})

test('a role that changes, a ban and a removed account count on the next request with the old token', async (t) => {
  const { url } = await start(t)
  const token = await personal('2')
  const ask = () => call(`${url}/price.reseller`, token)
  assert.equal((await ask()).status, 200)
  accounts.set('2', { roles: ['customer'], actor: 'user', banned: false })
  assert.equal((await ask()).status, 403)
  accounts.set('2', { roles: ['reseller'], actor: 'user', banned: true })
  assert.equal((await ask()).body.code, 'banned')
  accounts.delete('2')
  assert.equal((await ask()).status, 401)
  accounts.set('2', { roles: ['reseller'], actor: 'user', banned: false })
})

test('the transaction learns who asks: a person, an administrator, a service, nobody', async (t) => {
  const { url } = await start(t)
  const from = async (path: string, init: RequestInit = {}) => {
    const { body } = await call(`${url}/${path}`, {
      ...init,
      headers: { ...init.headers, 'x-request-id': 'request-1' },
    })
    return body
  }
  const origin = { correlationId: 'request-1', ip: '127.0.0.1' }
  assert.deepEqual(await from('catalog.own', await personal('1')), { type: 'user', id: '1', ...origin })
  assert.deepEqual(await from('audit.read', await personal('3')), { type: 'admin', id: '3', ...origin })
  const { key } = await keyFor(['ops'])
  assert.deepEqual(await from('payments.reconcile', bearer(key)), {
    type: 'system',
    id: 'key:for ops',
    ...origin,
  })
  assert.deepEqual(await from('open', await personal('3')), { type: 'system', ...origin })
})

test('an optional identity is used where it is given and refused where it is wrong', async (t) => {
  const { url } = await start(t)
  assert.equal((await call(`${url}/products`)).body.identity, null)
  const { body } = await call(`${url}/products`, await personal('1'))
  assert.match(JSON.stringify(body.identity), /"subject":"1","kind":"user"/)
  assert.equal((await call(`${url}/products`, bearer('wrong'))).status, 401)
  assert.equal((await call(`${url}/products`, await personal('4'))).body.code, 'banned')
})

test('credentials of the wrong shape are refused, not ignored', async (t) => {
  const { url } = await start(t)
  const { access_token } = await tokens.issue('3')
  const wrong = [
    { authorization: '' },
    { authorization: access_token },
    { authorization: `Basic ${access_token}` },
    { authorization: `Bearer ${access_token} x` },
    { authorization: `Bearer ${access_token}x` },
    { 'x-api-key': access_token },
    { 'x-api-key': '' },
    { 'x-api-key': 'niaga_000000000000_' },
  ]
  for (const headers of wrong) {
    assert.equal((await call(`${url}/products`, { headers })).status, 401, JSON.stringify(headers))
  }
})

test('an API key works under both headers, is shown once, and its secret is nowhere', async (t) => {
  const { url } = await start(t)
  const { id, key } = await keyFor(['reporting'])
  assert.match(key, /^niaga_[0-9a-f]{12}_[\w-]{43}$/)
  assert.equal((await call(`${url}/stats.read`, { headers: { 'x-api-key': key } })).status, 200)
  const [listed] = (await listApiKeys(shop.db)).filter((one) => one.id === id)
  assert.ok(listed?.last_used_at)
  const stored = await shop.db.many<object>(sql`select k::text as row from niaga.api_key k`)
  assert.ok(!JSON.stringify([listed, stored]).includes(key.slice(-43)))
  // The prefix alone finds the row, and is not enough.
  assert.equal(
    (await call(`${url}/stats.read`, bearer(`${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`))).status,
    401,
  )
})

test('a revoked or expired key is refused on the next request', async (t) => {
  const { url } = await start(t)
  const { id, key } = await keyFor(['reporting'])
  const short = await keyFor(['reporting'], new Date(clock.now().getTime() + 60_000))
  const ask = async (one: string) => (await call(`${url}/stats.read`, bearer(one))).status
  assert.deepEqual([await ask(key), await ask(short.key)], [200, 200])
  await inTx((tx) => revokeApiKey(tx, id))
  clock.advance({ seconds: 61 })
  assert.deepEqual([await ask(key), await ask(short.key)], [401, 401])
  await assert.rejects(
    inTx((tx) => revokeApiKey(tx, id)),
    (error) => isDomainError(error, 'not_found'),
  )
})

test('a route cannot ask for a permission that is not in the table', async (t) => {
  await assert.rejects(
    testServer(t, (app) => {
      useAccess(app, { permissions, authenticate: async () => undefined })
      app.get('/x', { config: { access: { permission: 'orders.raed' } } }, async () => 'x')
    }),
    /orders.raed, which is not in the table/,
  )
  assert.throws(() => permissions.allows({ roles: [], scopes: [] }, 'toString'), /not in the table/)
  assert.throws(
    () => permissions.demand({ roles: ['customer'], scopes: [] }, 'audit.read'),
    (error) => isDomainError(error, 'forbidden'),
  )
})

test('two systems on one server each ask their own rules', async (t) => {
  const inner = (name: string) => async (scope: FastifyInstance) => {
    useAccess(scope, {
      permissions: definePermissions({ enter: { roles: [name] } }),
      authenticate: async () => ({
        system: name,
        subject: '1',
        kind: 'user',
        actor: 'user',
        roles: ['a'],
        scopes: [],
      }),
    })
    scope.get('/door', { config: { access: { permission: 'enter' } } }, async () => 'in')
  }
  const { url } = await testServer(t, async (app) => {
    await app.register(inner('a'), { prefix: '/a' })
    await app.register(inner('b'), { prefix: '/b' })
  })
  assert.equal((await call(`${url}/a/door`)).status, 200)
  assert.equal((await call(`${url}/b/door`)).status, 403)
})

test('the public keys are served where others look for them', async (t) => {
  const { url } = await start(t)
  await tokens.issue('1')
  const { body } = await call(`${url}/.well-known/jwks.json`)
  assert.deepEqual(Object.keys(body), ['keys'])
  assert.match(JSON.stringify(body), /"kty":"OKP","crv":"Ed25519"/)
  assert.doesNotMatch(JSON.stringify(body), /"d":/)
})
