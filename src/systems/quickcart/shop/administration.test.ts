import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from '../../../../test/calls.ts'
import { readOperations } from '../../../../test/fuzz/openapi.ts'
import { type Customer, openShop } from '../../../../test/quickcart-shop.ts'
import { until } from '../../../../test/until.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { silentLog } from '../../../kernel/log.ts'
import { createApiKey } from '../../../platform/access/api-keys.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { openShopSettings } from '../settings.ts'

const shop = await openShop()
const { store } = shop
const says = ({ status, body }: Answer) => [status, body.code]

const everybody = ['anonymous', 'customer', 'reseller', 'admin'] as const
const people = ['customer', 'reseller', 'admin'] as const
const admins = ['admin'] as const

/**
 * Who is let into what (QuickCart, §6 and §10), for every operation there is or will be. Parameters are written as {}.
 * Services are named where their scope opens the door.
 */
const decisions: Readonly<Record<string, readonly string[]>> = {
  'GET /.well-known/jwks.json': [...everybody, 'reporting', 'ops'],
  'GET /health': [...everybody, 'reporting', 'ops'],
  'GET /stats': [...everybody, 'reporting', 'ops'],
  'GET /top-buyers': [...everybody, 'reporting', 'ops'],
  'GET /categories': [...everybody, 'reporting', 'ops'],
  'GET /products': [...everybody, 'reporting', 'ops'],
  'GET /products/{}': [...everybody, 'reporting', 'ops'],
  'POST /auth/telegram': [...everybody, 'reporting', 'ops'],
  'POST /auth/refresh': [...everybody, 'reporting', 'ops'],
  'POST /auth/logout': [...everybody, 'reporting', 'ops'],

  'GET /me': people,
  'PATCH /me': people,
  'GET /me/transactions': people,
  'POST /me/messages': people,
  'POST /me/exports': people,
  'GET /me/exports/{}': people,
  'POST /me/erasure': people,
  'POST /vouchers/validate': people,
  'POST /orders/quote': people,
  'POST /orders': people,
  'GET /orders': people,
  'GET /orders/{}': people,
  'POST /orders/{}/check': people,
  'POST /orders/{}/cancel': people,
  'GET /orders/{}/refund-quote': people,
  'POST /orders/{}/refund': people,
  'POST /deposits': people,
  'GET /deposits': people,
  'GET /deposits/{}': people,
  'POST /deposits/{}/check': people,
  'POST /deposits/{}/cancel': people,

  'GET /admin/products': admins,
  'POST /admin/products': admins,
  'GET /admin/products/{}': admins,
  'PATCH /admin/products/{}': admins,
  'DELETE /admin/products/{}': admins,
  'POST /admin/products/{}/stock': admins,
  'GET /admin/products/{}/stock': admins,
  'DELETE /admin/products/{}/stock': admins,
  'DELETE /admin/products/{}/stock/{}': admins,
  'PUT /admin/discounts/product/{}': admins,
  'DELETE /admin/discounts/product/{}': admins,
  'PUT /admin/discounts/category/{}': admins,
  'DELETE /admin/discounts/category/{}': admins,
  'GET /admin/users': admins,
  'GET /admin/users/{}': admins,
  'POST /admin/users/{}/ban': admins,
  'POST /admin/users/{}/unban': admins,
  'PUT /admin/users/{}/role': admins,
  'POST /admin/users/{}/balance': admins,
  'POST /admin/users/{}/erasure': admins,
  'POST /admin/users/{}/export': admins,
  'GET /admin/orders': ['admin', 'reporting'],
  'GET /admin/deposits': ['admin', 'ops'],
  'GET /admin/payments': ['admin', 'ops'],
  'POST /admin/payments/{}/reconcile': ['admin', 'ops'],
  'POST /admin/orders/{}/redeliver': admins,
  'POST /admin/orders/{}/claims': admins,
  'GET /admin/refunds': admins,
  'POST /admin/refunds/{}/approve': admins,
  'POST /admin/refunds/{}/reject': admins,
  'GET /admin/vouchers': admins,
  'POST /admin/giveaways': admins,
  'POST /admin/broadcasts': admins,
  'GET /admin/broadcasts': admins,
  'GET /admin/broadcasts/{}': admins,
  'POST /admin/broadcasts/{}/send': admins,
  'POST /admin/broadcasts/{}/cancel': admins,
  'GET /admin/groups': admins,
  'GET /admin/groups/{}': admins,
  'PUT /admin/groups/{}': admins,
  'DELETE /admin/groups/{}': admins,
  'GET /admin/settings': admins,
  'GET /admin/settings/{}': admins,
  'PUT /admin/settings/{}': admins,
  'GET /admin/stats': ['admin', 'reporting'],
  'GET /admin/audit': admins,
  'POST /admin/audit/verify': admins,
}

const API = '/quickcart/v1'

/** Guarded by the sender's own secret, which tells nobody who they are: another test's subject. */
const isWebhook = (path: string) => path.includes('/webhooks/')

async function operations() {
  const all = await readOperations(shop.origin)
  return all
    .filter(({ path }) => path.startsWith(API) && !isWebhook(path))
    .map(({ method, path, parameters }) => ({
      method,
      path: path.slice(API.length),
      key: `${method} ${path.slice(API.length).replace(/\{[^}]*\}/g, '{}')}`,
      parameters,
    }))
}

async function key(scope: string): Promise<Customer> {
  const made = await inTransaction(shop.owner.db, systemCaller, (tx) =>
    createApiKey(tx, { name: scope, scopes: [scope] }),
  )
  return { id: 0, token: made.key }
}

/** Something of the right shape that is not there: it shows who is let in, and changes nothing. */
const NOWHERE: Readonly<Record<string, string>> = {
  invoice: 'TRX20260101AAAAAA',
  key: 'nothing_such',
  name: 'nothing',
  stock_id: '00000000-0000-0000-0000-000000000000',
}
const filledIn = (path: string, values: Readonly<Record<string, string>>) =>
  path.replace(/\{([^}]*)\}/g, (_, name: string) => values[name] ?? '987654321')

test('every operation times everybody: whoever is not named stays outside, and no operation is undecided', async () => {
  const who: Readonly<Record<string, Customer | undefined>> = {
    anonymous: undefined,
    customer: await shop.customer(),
    reseller: await shop.customer({ role: 'reseller' }),
    admin: await shop.customer({ role: 'admin' }),
    reporting: await key('reporting'),
    ops: await key('ops'),
  }
  const found = await operations()
  assert.ok(found.length > 40)
  assert.deepEqual(
    found.filter((operation) => !(operation.key in decisions)).map((operation) => operation.key),
    [],
    'who may call these is not decided',
  )
  const there = new Set(found.map((operation) => operation.key))
  assert.deepEqual(
    Object.keys(decisions).filter((operation) => !there.has(operation)),
    [],
    'these are decided and not there',
  )
  for (const { method, path, key: operation } of found) {
    for (const [name, as] of Object.entries(who)) {
      const answer = await shop.call(method, filledIn(path, NOWHERE), as ? { as } : {})
      const isIn = decisions[operation]?.includes(name) ?? false
      const outside = name === 'anonymous' ? 401 : 403
      const expected = isIn ? 'in' : outside
      // Sign-in refuses what is no proof with a 401 of its own: that is being let in.
      const seen =
        operation.startsWith('POST /auth/') || ![401, 403].includes(answer.status) ? 'in' : answer.status
      assert.equal(seen, expected, `${name}: ${operation} → ${answer.status}`)
    }
  }
})

/** What these name belongs to nobody. */
const everybodys: ReadonlySet<string> = new Set(['/products'])

test("other people's orders, deposits and exports are not there; an admin finds what the shop needs", async () => {
  const [budi, rina] = [await shop.customer(), await shop.customer({ role: 'reseller' })]
  const admin = await shop.customer({ role: 'admin' })
  const order = await shop.order(budi, await shop.product())
  const deposit = await shop.post('/deposits', { as: budi, key: 'd-1', body: { amount: '20000' } })
  const made = await shop.post('/me/exports', { as: budi })
  const theirs: Readonly<Record<string, string>> = {
    '/orders': order.body.invoice,
    '/deposits': deposit.body.invoice,
    '/me/exports': made.body.id,
  }
  const own = (await operations()).filter(({ path }) => path.includes('{') && !path.startsWith('/admin/'))
  for (const { method, path } of own) {
    const [kind = ''] = path.split('/{')
    if (everybodys.has(kind)) continue
    const id = theirs[kind]
    assert.ok(id, `${method} ${path}: whose it is, is not decided`)
    const url = path.replace(/\{[^}]*\}/, id)
    const { status } = await shop.call(method, url, { as: rina, key: crypto.randomUUID() })
    assert.equal(status, 404, `${method} ${url}`)
    if (method === 'GET' && path.endsWith('}') && kind !== '/me/exports') {
      assert.equal((await shop.get(url, { as: admin })).status, 200, url)
    }
  }
  const { status } = await store.db.one<{ status: string }>(
    sql`select status from orders where invoice_id = ${order.body.invoice}`,
  )
  assert.equal(status, 'pending')
})

test('a setting that is changed counts at once, in every process, and is on record', async () => {
  const as = await shop.customer({ role: 'admin' })
  const elsewhere = await openShopSettings(store.identity, store.db, silentLog)
  try {
    const set = await shop.call('PUT', '/admin/settings/qris_min', { as, body: { value: 5_000 } })
    assert.deepEqual([set.status, set.body], [200, { key: 'qris_min', value: 5_000 }])
    assert.equal(store.settings.get('qris_min'), 5_000)
    await until(() => elsewhere.get('qris_min') === 5_000)
  } finally {
    await elsewhere.close()
  }
  const budi = await shop.customer()
  assert.deepEqual(says(await shop.order(budi, await shop.product({ price: 4_999 }))), [
    422,
    'amount_out_of_range',
  ])
  await shop.auditArrives()
  const row = await store.audits.one<object>(sql`
    select actor_id::int as actor, actor_type, after_state -> 'value' as value from audit_logs
      where entity_type = 'settings' and entity_id = 'qris_min' order by id desc limit 1`)
  assert.deepEqual(row, { actor: as.id, actor_type: 'admin', value: 5_000 })
  await shop.call('PUT', '/admin/settings/qris_min', { as, body: { value: 500 } })
  const list = await shop.get('/admin/settings', { as })
  assert.ok(list.body.items.some(({ key: name }: { key: string }) => name === 'refund_formula'))
})

test('a setting that fits neither its schema nor the others is refused, and nothing changes', async () => {
  const as = await shop.customer({ role: 'admin' })
  const row = { up_to: null, per_mille: 7, fixed: 310, rounding: 'floor' }
  const wrong: [string, unknown][] = [
    ['qris_min', -1],
    ['qris_min', '500'],
    ['qris_min', 10_000_001],
    ['deposit_max', 9_999],
    ['store_name', ''],
    ['gateway_tariff', []],
    ['gateway_tariff', [{ ...row, up_to: 5_000 }]],
    ['gateway_tariff', [row, { ...row, up_to: 5_000 }]],
    ['gateway_tariff', [{ ...row, rounding: 'up' }]],
    ['refund_formula', { days: 30, multipliers: [1, 1] }],
  ]
  const before = store.settings.all()
  for (const [name, value] of wrong) {
    const answer = await shop.call('PUT', `/admin/settings/${name}`, { as, body: { value } })
    assert.deepEqual(says(answer), [422, 'validation_failed'], `${name} ${JSON.stringify(value)}`)
  }
  await store.settings.reload()
  assert.deepEqual(store.settings.all(), before)
  assert.deepEqual(says(await shop.call('PUT', '/admin/settings/nothing', { as, body: { value: 1 } })), [
    404,
    'not_found',
  ])
})
