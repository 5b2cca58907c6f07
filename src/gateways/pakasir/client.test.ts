import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import { type TestContext, test } from 'node:test'
import { inspect } from 'node:util'
import { type Clock, SandboxClock } from '../../kernel/clock.ts'
import type { Log } from '../../kernel/log.ts'
import { money, wholeMoney } from '../../kernel/money.ts'
import { createPakasirClient, type PakasirClientOptions } from './client.ts'
import { PakasirError, type PakasirFailure } from './errors.ts'
import { startPakasirSimulator } from './simulator/start.ts'

const project = 'quickcart'
const apiKey = 'k&y/with=odd characters'
const amount = wholeMoney('IDR', 30_000)
/** For calls that nobody will answer: long enough that they arrive, also on a busy machine. */
const HASTY_MS = 1_000

/** Keeps everything that was logged, as text. */
function memoryLog(): Log & { readonly lines: string[] } {
  const lines: string[] = []
  const keep = (fields: object, message: string) => void lines.push(inspect(fields, { depth: 9 }) + message)
  const log = { lines, debug: keep, info: keep, warn: keep, error: keep, child: () => log }
  return log
}

function clientAt(baseUrl: string, options: Partial<PakasirClientOptions> & { clock: Clock }) {
  const log = memoryLog()
  return {
    log,
    client: createPakasirClient({ baseUrl, payBaseUrl: baseUrl, project, apiKey, log, ...options }),
  }
}

async function setUp(t: TestContext, options: Partial<PakasirClientOptions> = {}) {
  const clock = new SandboxClock()
  const gateway = await startPakasirSimulator({ clock, project, apiKey })
  t.after(gateway.close)
  return { ...gateway, clock, ...clientAt(gateway.url, { clock, ...options }) }
}

/** A party that answers whatever the test wants. */
async function strangeGateway(t: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return `http://127.0.0.1:${address.port}`
}

function failing(kind: PakasirFailure, retryable: boolean) {
  return (error: unknown) => {
    assert.ok(error instanceof PakasirError, String(error))
    assert.deepEqual([error.kind, error.retryable], [kind, retryable], error.message)
    return true
  }
}

test('create, detail, simulated payment, detail: exact money all the way', async (t) => {
  const { client, clock } = await setUp(t)
  const order = { orderId: 'TRX1', amount }
  const payment = await client.createQris(order)
  assert.deepEqual(
    [payment.amount, payment.fee, payment.totalPayment],
    [wholeMoney('IDR', 30_000), wholeMoney('IDR', 520), wholeMoney('IDR', 30_520)],
  )
  assert.ok(payment.expiresAt > clock.now())
  assert.match(payment.qrString, /540830520\.00.*6304[0-9A-F]{4}$/)
  assert.equal((await client.detail(order)).status, 'pending')
  await client.simulatePayment(order)
  const { completedAt, ...paid } = await client.detail(order)
  assert.deepEqual(paid, { status: 'completed', amount, orderId: 'TRX1', project, paymentMethod: 'qris' })
  assert.ok(completedAt && Math.abs(completedAt.getTime() - clock.now().getTime()) < 5000)
})

test('creating again gives the same QR; another amount for the same order is refused', async (t) => {
  const { client, simulator } = await setUp(t)
  const first = await client.createQris({ orderId: 'TRX1', amount })
  assert.deepEqual(await client.createQris({ orderId: 'TRX1', amount }), first)
  const other = client.createQris({ orderId: 'TRX1', amount: wholeMoney('IDR', 30_001) })
  await assert.rejects(other, failing('refused', false))
  assert.equal(simulator.list().length, 1)
})

test('twenty creates of one order at once: one transaction, one QR', async (t) => {
  const { client, simulator } = await setUp(t)
  const all = await Promise.all(
    Array.from({ length: 20 }, () => client.createQris({ orderId: 'TRX1', amount })),
  )
  assert.equal(new Set(all.map(({ qrString }) => qrString)).size, 1)
  assert.equal(simulator.list().length, 1)
})

test('cancelled, expired, unknown and paid are told apart', async (t) => {
  const { client, clock } = await setUp(t)
  for (const orderId of ['A', 'B', 'C']) await client.createQris({ orderId, amount })
  await client.cancel({ orderId: 'A', amount })
  await client.cancel({ orderId: 'A', amount })
  await client.simulatePayment({ orderId: 'B', amount })
  clock.advance({ minutes: 16 })
  const status = async (orderId: string) => (await client.detail({ orderId, amount })).status
  assert.deepEqual(await Promise.all(['A', 'B', 'C'].map(status)), ['cancelled', 'completed', 'expired'])
  await assert.rejects(client.detail({ orderId: 'D', amount }), failing('not_found', false))
  await assert.rejects(
    client.detail({ orderId: 'A', amount: wholeMoney('IDR', 1) }),
    failing('not_found', false),
  )
  await assert.rejects(client.cancel({ orderId: 'B', amount }), failing('refused', false))
  await assert.rejects(client.simulatePayment({ orderId: 'A', amount }), failing('refused', false))
})

test('an amount with a fraction never leaves the house', async (t) => {
  const { client, simulator } = await setUp(t)
  const order = { orderId: 'TRX1', amount: money('IDR', 3_000_050n) }
  await assert.rejects(client.createQris(order), RangeError)
  await assert.rejects(client.detail(order), RangeError)
  assert.throws(() => client.checkoutUrl(order), RangeError)
  assert.equal(simulator.list().length, 0)
})

test('create answered too late but done: the retry gets the same transaction', async (t) => {
  const { client, simulator, url, clock } = await setUp(t)
  const { client: hasty } = clientAt(url, { clock, timeoutMs: HASTY_MS })
  simulator.faults.arm({ kind: 'timeout_after_effect', endpoint: 'create', times: 1 })
  await assert.rejects(hasty.createQris({ orderId: 'TRX1', amount }), failing('timeout', true))
  const before = simulator.get('TRX1').qrString
  assert.equal((await client.createQris({ orderId: 'TRX1', amount })).qrString, before)
  assert.equal(simulator.list().length, 1)
})

const faults = [
  ['outage', 'network', true],
  ['timeout', 'timeout', true],
  ['server_error', 'server', true],
  ['too_many_requests', 'refused', true],
  ['malformed', 'malformed', true],
] as const
for (const [fault, kind, retryable] of faults) {
  test(`${fault}: every call fails as ${kind}, and the next one is served`, async (t) => {
    const { client, simulator, url, clock } = await setUp(t)
    const tried = fault === 'timeout' ? clientAt(url, { clock, timeoutMs: HASTY_MS }).client : client
    const order = { orderId: 'TRX1', amount }
    await client.createQris(order)
    for (const call of [tried.createQris, tried.detail, tried.cancel, tried.simulatePayment]) {
      simulator.faults.arm({ kind: fault, times: 1 })
      await assert.rejects(call(order), failing(kind, retryable))
      assert.equal((await client.detail(order)).status, 'pending')
    }
  })
}

test('nobody listens: network', async () => {
  const { client } = clientAt('http://127.0.0.1:9', { clock: new SandboxClock() })
  await assert.rejects(client.detail({ orderId: 'TRX1', amount }), failing('network', true))
})

test('wrong key: refused, not worth repeating', async (t) => {
  const { url, clock } = await setUp(t)
  const { client } = clientAt(url, { clock, apiKey: 'another' })
  await assert.rejects(client.createQris({ orderId: 'TRX1', amount }), failing('refused', false))
})

test('five failures open the circuit, told once; 30 s later one call closes it, told once', async (t) => {
  const told: string[] = []
  const callbacks = { onOutage: () => told.push('down'), onRecovery: () => told.push('up') }
  const { client, simulator, clock } = await setUp(t, callbacks)
  const order = { orderId: 'TRX1', amount }
  simulator.faults.arm({ kind: 'outage', times: 5 })
  for (let call = 0; call < 5; call++)
    await assert.rejects(client.createQris(order), failing('network', true))
  assert.equal(client.available, false)
  // More than a minute's share: what is not sent uses up no turn.
  for (let call = 0; call < 120; call++) {
    await assert.rejects(client.createQris(order), failing('unavailable', true))
  }
  assert.deepEqual([simulator.list().length, told], [0, ['down']])
  clock.advance({ seconds: 30 })
  assert.equal(client.available, true)
  await client.createQris(order)
  assert.deepEqual(told, ['down', 'up'])
})

test('refusals and unknown orders never open the circuit', async (t) => {
  const { client } = await setUp(t)
  for (let call = 0; call < 8; call++) {
    await assert.rejects(client.detail({ orderId: 'unknown', amount }), failing('not_found', false))
  }
  assert.equal(client.available, true)
})

test('a callback that throws does not become the call’s failure', async (t) => {
  const onOutage = () => Promise.reject(new Error('nobody to tell'))
  const { client, simulator, log } = await setUp(t, { onOutage })
  simulator.faults.arm({ kind: 'server_error', times: 5 })
  const order = { orderId: 'TRX1', amount }
  for (let call = 0; call < 5; call++) await assert.rejects(client.createQris(order), failing('server', true))
  assert.ok(log.lines.some((line) => line.includes('nobody to tell')))
})

test('the hundred-and-first create of a minute is not sent', async (t) => {
  const { client, simulator, clock } = await setUp(t)
  for (let n = 0; n < 100; n++) await client.createQris({ orderId: `TRX${n}`, amount })
  await assert.rejects(client.createQris({ orderId: 'TRX100', amount }), failing('not_yet', true))
  assert.equal(simulator.list().length, 100)
  assert.equal(client.available, true)
  clock.advance({ seconds: 60 })
  await client.createQris({ orderId: 'TRX100', amount })
})

test('the checkout page’s address: under a prefix, encoded, the net amount in it', () => {
  const { client } = clientAt('https://pay.example/sim/pakasir', { clock: new SandboxClock() })
  assert.equal(
    client.checkoutUrl({ orderId: 'TRX 1&2', amount }, 'https://t.me/shop?start=a'),
    'https://pay.example/sim/pakasir/pay/quickcart/30000?order_id=TRX+1%262&qris_only=1&redirect=https%3A%2F%2Ft.me%2Fshop%3Fstart%3Da',
  )
})

const payment = {
  project,
  order_id: 'TRX1',
  amount: 30_000,
  fee: 520,
  total_payment: 30_520,
  payment_method: 'qris',
  payment_number: '00020101021226610016ID.CO.QRIS',
  expired_at: '2030-01-01T00:00:00.123456789Z',
}
const unbelievable: readonly [title: string, answer: unknown][] = [
  ['no payment', {}],
  ['another order', { payment: { ...payment, order_id: 'TRX2' } }],
  ['another project', { payment: { ...payment, project: 'elsewhere' } }],
  ['another amount', { payment: { ...payment, amount: 30_001 } }],
  ['a fraction of a rupiah', { payment: { ...payment, fee: 520.5 } }],
  ['a fee as text', { payment: { ...payment, fee: '520' } }],
  ['a negative fee', { payment: { ...payment, fee: -520 } }],
  ['no QR', { payment: { ...payment, payment_number: '' } }],
  ['no time', { payment: { ...payment, expired_at: 'soon' } }],
  ['another method', { payment: { ...payment, payment_method: 'bni_va' } }],
]
for (const [title, answer] of unbelievable) {
  test(`a create answer with ${title} is not believed`, async (t) => {
    const url = await strangeGateway(t, (_, reply) => reply.end(JSON.stringify(answer)))
    const { client } = clientAt(url, { clock: new SandboxClock() })
    await assert.rejects(client.createQris({ orderId: 'TRX1', amount }), failing('malformed', true))
  })
}

test('a status that the protocol does not know is not believed; both spellings of cancelled are', async (t) => {
  let status = 'paid-ish'
  const url = await strangeGateway(t, (_, reply) => {
    reply.end(JSON.stringify({ transaction: { amount: 30_000, order_id: 'TRX1', project, status } }))
  })
  const { client } = clientAt(url, { clock: new SandboxClock() })
  await assert.rejects(client.detail({ orderId: 'TRX1', amount }), failing('malformed', true))
  for (status of ['canceled', 'cancelled']) {
    const { completedAt, status: read } = await client.detail({ orderId: 'TRX1', amount })
    assert.deepEqual([read, completedAt], ['cancelled', null])
  }
})

test('a huge answer is not read on, a redirect not followed', async (t) => {
  const asked: string[] = []
  const url = await strangeGateway(t, (request, reply) => {
    asked.push(request.method ?? '')
    if (request.method === 'GET') reply.writeHead(302, { location: '/elsewhere' }).end()
    else reply.end(JSON.stringify({ payment, padding: 'x'.repeat(1_000_000) }))
  })
  const { client } = clientAt(url, { clock: new SandboxClock() })
  await assert.rejects(client.detail({ orderId: 'TRX1', amount }), failing('malformed', true))
  await assert.rejects(client.createQris({ orderId: 'TRX1', amount }), failing('malformed', true))
  assert.deepEqual(asked, ['GET', 'POST'])
})

test('the API key is in no error and no log line, whatever fails and whatever the gateway says', async (t) => {
  const url = await strangeGateway(t, (request, reply) => {
    // A gateway that quotes what it was asked, key and all.
    const error = `bad request ${request.url} key ${apiKey} ${encodeURIComponent(apiKey)}`
    reply.writeHead(400).end(JSON.stringify({ error, code: apiKey }))
  })
  const { simulator, client, log } = await setUp(t, { timeoutMs: 150 })
  const told: unknown[] = []
  const fails = (call: Promise<unknown>) => assert.rejects(call, (error) => told.push(error) > 0)
  const order = { orderId: 'TRX1', amount }
  const quoting = clientAt(url, { clock: new SandboxClock() })
  const deaf = clientAt('http://127.0.0.1:9', { clock: new SandboxClock() })
  await fails(client.detail(order))
  for (const [kind] of faults) {
    simulator.faults.arm({ kind, times: 1 })
    await fails(client.detail(order))
  }
  for (const each of [quoting, deaf]) {
    for (const call of ['createQris', 'detail', 'cancel', 'simulatePayment'] as const)
      await fails(each.client[call](order))
  }
  const everything = [
    ...told.map((error) => inspect(error, { depth: 9, showHidden: true })),
    ...told.map(String),
    ...[log, quoting.log, deaf.log].flatMap(({ lines }) => lines),
    inspect(client, { depth: 9, showHidden: true }),
  ].join('\n')
  assert.ok(told.length >= 14 && log.lines.length > 0)
  for (const secret of [apiKey, encodeURIComponent(apiKey), 'with=odd', 'with%3Dodd']) {
    assert.ok(!everything.includes(secret), `found ${secret}`)
  }
})
