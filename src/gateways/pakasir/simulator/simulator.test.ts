import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type TestContext, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { SandboxClock } from '../../../kernel/clock.ts'
import { silentLog } from '../../../kernel/log.ts'
import { wholeMoney } from '../../../kernel/money.ts'
import { createPakasirClient } from '../client.ts'
import { parsePakasirWebhook, verifyPakasirWebhook } from '../webhook.ts'
import { startPakasirSimulator } from './start.ts'

const project = 'quickcart'
const apiKey = 'sandbox-key'
const secret = 'sandbox-secret'
const amount = wholeMoney('IDR', 30_000)

interface Arrived {
  readonly orderId: string
  readonly amount: bigint
  readonly genuine: boolean
  readonly raw: string
}

/** A shop that notes each webhook and answers the status that the test sets. */
async function startShop(t: TestContext) {
  const arrived: Arrived[] = []
  const shop = { arrived, status: 200, url: '', changed: new EventTarget() }
  const server = createServer(async (request: IncomingMessage, reply) => {
    const rawBody = Buffer.concat(await request.toArray())
    const token = new URL(request.url ?? '/', 'http://shop').searchParams.get('token') ?? undefined
    const signature = request.headers['x-pakasir-signature']
    const proof = { rawBody, token, secret, signature: typeof signature === 'string' ? signature : undefined }
    const { orderId, amount } = parsePakasirWebhook(rawBody)
    arrived.push({ orderId, amount, genuine: verifyPakasirWebhook(proof), raw: rawBody.toString() })
    reply.writeHead(shop.status).end()
    shop.changed.dispatchEvent(new Event('webhook'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  shop.url = `http://127.0.0.1:${address.port}/webhooks/pakasir?token=${secret}`
  return shop
}

async function setUp(t: TestContext) {
  const clock = new SandboxClock()
  const shop = await startShop(t)
  const gateway = await startPakasirSimulator({ clock, project, apiKey, webhook: { url: shop.url, secret } })
  t.after(gateway.close)
  const { url } = gateway
  const client = createPakasirClient({
    baseUrl: url,
    payBaseUrl: url,
    project,
    apiKey,
    clock,
    log: silentLog,
  })
  const control = async (method: string, path: string, body?: object) => {
    const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) }
    const response = await fetch(`${url}/_sim/${path}`, {
      method,
      ...(method === 'POST' || method === 'PUT' ? json : {}),
    })
    return { status: response.status, body: JSON.parse(await response.text()) }
  }
  for (const orderId of ['A', 'B', 'C']) await client.createQris({ orderId, amount })
  const arrivals = async (count: number) => {
    while (shop.arrived.length < count) await once(shop.changed, 'webhook')
  }
  return { ...gateway, clock, shop, client, control, arrivals }
}

test('paid: one genuine webhook of the documented shape', async (t) => {
  const { simulator, shop } = await setUp(t)
  simulator.pay('A')
  await simulator.webhooks.settled()
  assert.equal(shop.arrived.length, 1)
  const [webhook] = shop.arrived
  assert.equal(webhook?.genuine, true)
  const { completed_at: completedAt, ...body } = JSON.parse(webhook?.raw ?? '')
  assert.deepEqual(body, {
    amount: 30_000,
    order_id: 'A',
    project,
    status: 'completed',
    payment_method: 'qris',
  })
  assert.match(completedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+07:00$/)
})

test('ten copies: ten times the same bytes', async (t) => {
  const { control, arrivals, shop } = await setUp(t)
  await control('POST', 'transactions/A/pay', { webhook: { copies: 10 } })
  await arrivals(10)
  assert.equal(new Set(shop.arrived.map(({ raw }) => raw)).size, 1)
})

test('a refused webhook comes again after 5 s and 30 s, and then no more once accepted', async (t) => {
  const { simulator, shop, clock, arrivals, control } = await setUp(t)
  shop.status = 500
  simulator.pay('A')
  await arrivals(1)
  await simulator.webhooks.settled()
  clock.advance({ seconds: 5 })
  await arrivals(2)
  await simulator.webhooks.settled()
  shop.status = 200
  clock.advance({ seconds: 30 })
  await arrivals(3)
  await simulator.webhooks.settled()
  const { body } = await control('GET', 'transactions/A')
  assert.deepEqual(body.webhooks, [{ state: 'delivered', attempts: 3, last_status: 200 }])
})

test('a delayed webhook arrives when the clock has moved that far', async (t) => {
  const { control, shop, clock, arrivals } = await setUp(t)
  await control('POST', 'transactions/A/pay', { webhook: { delay_ms: 60_000 } })
  assert.equal(shop.arrived.length, 0)
  clock.advance({ minutes: 1 })
  await arrivals(1)
})

test('dropped: paid at the gateway, and nobody is told', async (t) => {
  const { control, simulator, shop, client } = await setUp(t)
  const { body } = await control('POST', 'transactions/A/pay', { webhook: { drop: true } })
  await simulator.webhooks.settled()
  assert.deepEqual([body.webhooks[0].state, shop.arrived.length], ['dropped', 0])
  assert.equal((await client.detail({ orderId: 'A', amount })).status, 'completed')
})

test('held and released in reverse: the last payment is told first', async (t) => {
  const { control, simulator, shop } = await setUp(t)
  await control('PUT', 'webhooks', { hold: true })
  for (const orderId of ['A', 'B', 'C']) simulator.pay(orderId)
  assert.equal(shop.arrived.length, 0)
  await control('POST', 'webhooks/release', { order: 'reversed' })
  assert.deepEqual(
    shop.arrived.map(({ orderId }) => orderId),
    ['C', 'B', 'A'],
  )
})

test('bad token, no token, bad signature: not genuine; good signature without token: genuine', async (t) => {
  const { control, shop, arrivals } = await setUp(t)
  const scripts = [
    { token: 'bad' },
    { token: 'none' },
    { signature: 'bad' },
    { token: 'none', signature: 'good' },
  ]
  for (const [index, script] of scripts.entries()) {
    await control('POST', 'transactions/A/webhook', script)
    await arrivals(index + 1)
  }
  assert.deepEqual(
    shop.arrived.map(({ genuine }) => genuine),
    [false, false, false, true],
  )
})

test('forged: the webhook says completed while detail says pending', async (t) => {
  const { simulator, client, shop } = await setUp(t)
  simulator.sendWebhook('A')
  await simulator.webhooks.settled()
  assert.equal(shop.arrived[0]?.genuine, true)
  assert.equal((await client.detail({ orderId: 'A', amount })).status, 'pending')
})

test('wrong amount: in the webhook alone, or in webhook and detail', async (t) => {
  const { control, client, shop, arrivals } = await setUp(t)
  await control('POST', 'transactions/A/webhook', { amount: 1 })
  await arrivals(1)
  await control('POST', 'transactions/B/pay', { amount: 29_999 })
  await arrivals(2)
  assert.deepEqual(
    shop.arrived.map((webhook) => webhook.amount),
    [100n, 2_999_900n],
  )
  assert.equal((await client.detail({ orderId: 'A', amount })).amount, amount)
  const { status, amount: reported } = await client.detail({ orderId: 'B', amount })
  assert.deepEqual([status, reported], ['completed', wholeMoney('IDR', 29_999)])
})

test('late money: refused after cancelling and expiry, unless forced', async (t) => {
  const { control, client } = await setUp(t)
  await client.cancel({ orderId: 'A', amount })
  await control('POST', 'transactions/B/expire')
  for (const orderId of ['A', 'B']) {
    assert.equal((await control('POST', `transactions/${orderId}/pay`)).status, 400)
    assert.equal((await control('POST', `transactions/${orderId}/pay`, { force: true })).status, 200)
    assert.equal((await client.detail({ orderId, amount })).status, 'completed')
  }
  assert.equal((await control('POST', 'transactions/A/pay', { force: true })).status, 400)
})

test('pay later: nothing before its time, paid after, and a cancelled one stays unpaid', async (t) => {
  const { control, client, clock, arrivals, simulator, shop } = await setUp(t)
  await control('POST', 'transactions/A/pay', { after_ms: 60_000 })
  simulator.payLater('B', 30_000)
  await client.cancel({ orderId: 'B', amount })
  assert.equal((await client.detail({ orderId: 'A', amount })).status, 'pending')
  clock.advance({ minutes: 1 })
  await arrivals(1)
  assert.deepEqual(
    shop.arrived.map(({ orderId }) => orderId),
    ['A'],
  )
  assert.equal((await client.detail({ orderId: 'B', amount })).status, 'cancelled')
})

test('fees that miss by 1 and by 5, another tariff, and honest again', async (t) => {
  const { control, client } = await setUp(t)
  const feeOf = async (orderId: string) => (await client.createQris({ orderId, amount })).fee / 100n
  await control('PUT', 'settings', { fee_deviation: 1 })
  assert.equal(await feeOf('one'), 521n)
  await control('PUT', 'settings', { fee_deviation: 5 })
  assert.equal(await feeOf('five'), 525n)
  const tariff = [{ up_to: null, per_mille: 10, fixed: 1, rounding: 'ceil' }]
  await control('PUT', 'settings', { tariff, fee_deviation: 0 })
  assert.equal(await feeOf('tariff'), 301n)
  await control('POST', 'behave')
  assert.equal(await feeOf('honest'), 520n)
  assert.equal(await feeOf('five'), 525n)
})

test('faults by the control API: armed, met, listed, cleared', async (t) => {
  const { control, client } = await setUp(t)
  await control('POST', 'faults', { kind: 'server_error', endpoint: 'detail', times: 2 })
  await control('POST', 'faults', { kind: 'too_many_requests', endpoint: 'create' })
  await assert.rejects(client.detail({ orderId: 'A', amount }), { kind: 'server', status: 500 })
  assert.equal((await control('GET', 'state')).body.faults.length, 2)
  await control('DELETE', 'faults/server_error')
  assert.equal((await client.detail({ orderId: 'A', amount })).status, 'pending')
  await assert.rejects(client.createQris({ orderId: 'A', amount }), {
    kind: 'refused',
    gatewayCode: 'too_many_requests',
  })
  await control('DELETE', 'faults')
  await client.createQris({ orderId: 'A', amount })
})

test('the state reads as it is written', async (t) => {
  const { control } = await setUp(t)
  const tariff = [{ up_to: 105_000, per_mille: 7, fixed: 310, rounding: 'half_up' }]
  const settings = { tariff, fee_deviation: 1, validity_seconds: 60 }
  const webhooks = { copies: 2, delay_ms: 10, drop: true, hold: true, token: 'bad', signature: 'good' }
  assert.deepEqual((await control('PUT', 'settings', settings)).body, settings)
  assert.deepEqual((await control('PUT', 'webhooks', webhooks)).body, webhooks)
  const { body } = await control('GET', 'state')
  assert.deepEqual([body.settings, body.webhooks, body.transactions.length], [settings, webhooks, 3])
})

test('what the control API does not understand is refused, not ignored', async (t) => {
  const { control } = await setUp(t)
  const wrong: readonly [string, string, object][] = [
    ['POST', 'faults', { kind: 'earthquake' }],
    ['POST', 'faults', { kind: 'outage', tmies: 1 }],
    ['POST', 'transactions/A/pay', { ammount: 1 }],
    ['PUT', 'webhooks', { token: 'perhaps' }],
    ['PUT', 'settings', { tariff: [] }],
  ]
  for (const [method, path, body] of wrong)
    assert.equal((await control(method, path, body)).status, 400, path)
  assert.equal((await control('POST', 'transactions/unknown/pay')).status, 404)
  assert.equal((await control('DELETE', 'faults/earthquake')).status, 404)
})

test('the raw protocol: documented shapes, and { error, code } with the right status', async (t) => {
  const { url } = await setUp(t)
  const post = async (path: string, body: string) => {
    const options = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
    const response = await fetch(`${url}/api/${path}`, options)
    return { status: response.status, body: JSON.parse(await response.text()) }
  }
  const order = { project, order_id: 'RAW', amount: 99_000, api_key: apiKey }
  const created = await post('transactioncreate/qris', JSON.stringify(order))
  assert.deepEqual(Object.keys(created.body.payment), [
    'project',
    'order_id',
    'amount',
    'fee',
    'total_payment',
    'payment_method',
    'payment_number',
    'expired_at',
  ])
  assert.deepEqual([created.body.payment.fee, created.body.payment.total_payment], [1003, 100_003])
  assert.match(created.body.payment.expired_at, /\.\d{9}Z$/)
  const refusals: readonly [object | string, number][] = [
    [{ ...order, amount: 99_001 }, 400],
    [{ ...order, amount: 99.5 }, 400],
    [{ ...order, amount: '99000' }, 400],
    [{ ...order, amount: 10_000_001, order_id: 'BIG' }, 400],
    [{ ...order, api_key: 'wrong' }, 401],
    [{ ...order, project: 'wrong' }, 401],
    ['{', 400],
  ]
  for (const [body, status] of refusals) {
    const answer = await post(
      'transactioncreate/qris',
      typeof body === 'string' ? body : JSON.stringify(body),
    )
    assert.equal(answer.status, status, JSON.stringify(body))
    assert.deepEqual(Object.keys(answer.body), ['error', 'code'])
  }
  assert.equal((await post('transactioncancel', JSON.stringify({ ...order, order_id: 'NONE' }))).status, 404)
})

test('a call that hangs does not keep the simulator from closing', async (t) => {
  const { client, simulator, close } = await setUp(t)
  simulator.faults.arm({ kind: 'timeout', endpoint: 'detail', times: 1 })
  const hanging = assert.rejects(client.detail({ orderId: 'A', amount }), { kind: 'network' })
  while (simulator.faults.armed.length > 0) await setImmediate()
  await close()
  await hanging
})
