import assert from 'node:assert/strict'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import Fastify from 'fastify'
import { SandboxClock } from '../../../kernel/clock.ts'
import { xenditSimulator } from './plugin.ts'
import { XenditSimulator } from './simulator.ts'

const secretKey = 'xnd_development_sandbox'

interface Arrived {
  readonly path: string
  readonly token: string | undefined
  readonly eventId: string | undefined
  readonly body: { id?: string; status?: string; event?: string; data?: { id: string; status: string } }
}

/** A merchant that notes each callback and answers the status that the test sets. */
async function startMerchant(t: TestContext) {
  const arrived: Arrived[] = []
  const merchant = { arrived, status: 200, url: '', changed: new EventTarget() }
  const server = createServer(async (request, reply) => {
    const text = Buffer.concat(await request.toArray()).toString()
    const header = (name: string) => request.headers[name]?.toString()
    arrived.push({
      path: request.url ?? '',
      token: header('x-callback-token'),
      eventId: header('webhook-id'),
      body: JSON.parse(text),
    })
    reply.writeHead(merchant.status).end()
    merchant.changed.dispatchEvent(new Event('callback'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  assert.ok(typeof address === 'object' && address)
  merchant.url = `http://127.0.0.1:${address.port}/webhooks/xendit`
  return merchant
}

/** Under a prefix, as the app mounts it. */
async function setUp(t: TestContext, { merchant = 'UserState' } = {}) {
  const clock = new SandboxClock()
  const shop = await startMerchant(t)
  const webhook = { url: shop.url, token: 'callback-token' }
  const simulator = new XenditSimulator({ clock, secretKey, merchant, webhook })
  const app = Fastify()
  await app.register(xenditSimulator, { simulator, prefix: '/sim/xendit' })
  const root = `${await app.listen({ port: 0, host: '127.0.0.1' })}/sim/xendit`
  simulator.publicUrl = root
  t.after(async () => {
    await app.close()
    await simulator.close()
  })
  const send = async (method: string, path: string, body?: object) => {
    const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) }
    const response = await fetch(`${root}${path}`, { method, ...(method === 'GET' ? {} : json) })
    const text = await response.text()
    return { status: response.status, headers: response.headers, url: response.url, text }
  }
  const arrivals = async (count: number) => {
    while (shop.arrived.length < count) await once(shop.changed, 'callback')
    await simulator.webhooks.settled()
  }
  return { clock, shop, simulator, root, send, arrivals }
}

const invoice = (simulator: XenditSimulator, externalId = 'INV-1', more = {}) =>
  simulator.invoices.create({
    externalId,
    amount: 50_000,
    payerEmail: 'budi@example.com',
    description: 'Top-up',
    validSeconds: 3600,
    methods: [],
    metadata: {},
    ...more,
  })

const payout = (simulator: XenditSimulator, accountNumber = '1000000001') =>
  simulator.payouts.create(`key-${accountNumber}`, 'body', {
    referenceId: 'TRX-1',
    channelCode: 'ID_BCA',
    accountNumber,
    accountHolderName: 'Budi',
    amount: 20_000,
    currency: 'IDR',
    description: '',
  })

test('paid: one callback with token and id, flat, to the address for invoices', async (t) => {
  const { simulator, shop, arrivals } = await setUp(t)
  const { id } = invoice(simulator)
  simulator.pay(id)
  await arrivals(1)
  const [first] = shop.arrived
  assert.equal(first?.path, '/webhooks/xendit/invoices')
  assert.equal(first?.token, 'callback-token')
  assert.ok(first?.eventId)
  assert.deepEqual([first?.body.id, first?.body.status], [id, 'PAID'])
})

test('overdue: the invoice expires by the clock and says so; forced late money is told too', async (t) => {
  const { simulator, shop, clock, arrivals } = await setUp(t)
  const { id } = invoice(simulator)
  clock.advance({ seconds: 3600 })
  await arrivals(1)
  assert.equal(simulator.invoices.get(id).status, 'EXPIRED')
  assert.throws(() => simulator.pay(id), { code: 'INVOICE_ALREADY_EXPIRED' })
  simulator.pay(id, { force: true })
  await arrivals(2)
  assert.deepEqual(
    shop.arrived.map(({ body }) => body.status),
    ['EXPIRED', 'PAID'],
  )
})

test('a refused callback comes again by the scaled schedule, with the same id, until it is accepted', async (t) => {
  const { simulator, shop, clock, arrivals } = await setUp(t)
  shop.status = 500
  simulator.settings = { ...simulator.settings, retryFactor: 1 }
  simulator.pay(invoice(simulator).id)
  await arrivals(1)
  clock.advance({ minutes: 15 })
  await arrivals(2)
  shop.status = 200
  clock.advance({ minutes: 45 })
  await arrivals(3)
  assert.equal(new Set(shop.arrived.map(({ eventId }) => eventId)).size, 1)
  assert.deepEqual(
    simulator.webhooks.deliveries.map(({ state }) => state),
    ['delivered'],
  )
})

test('callbacks are duplicated, dropped, held and turned round, forged and sent with a wrong token', async (t) => {
  const { simulator, shop, send, arrivals } = await setUp(t)
  const [one, two, three] = ['A', 'B', 'C'].map((externalId) => invoice(simulator, externalId))
  assert.ok(one && two && three)
  await send('POST', `/_sim/invoices/${one.id}/pay`, { webhook: { copies: 3 } })
  await arrivals(3)
  assert.equal(new Set(shop.arrived.map(({ eventId }) => eventId)).size, 1)
  await send('POST', `/_sim/invoices/${two.id}/pay`, { webhook: { drop: true } })
  await send('PUT', '/_sim/webhooks', { hold: true })
  await send('POST', `/_sim/objects/${three.id}/webhook`, { status: 'PAID' })
  await send('POST', `/_sim/invoices/${three.id}/expire`)
  await send('POST', '/_sim/webhooks/release', { order: 'reversed' })
  assert.deepEqual(
    shop.arrived.slice(3).map(({ body }) => [body.id, body.status]),
    [
      [three.id, 'EXPIRED'],
      [three.id, 'PAID'],
    ],
  )
  await send('PUT', '/_sim/webhooks', { hold: false, token: 'bad' })
  await send('POST', `/_sim/objects/${one.id}/webhook`)
  await arrivals(6)
  assert.notEqual(shop.arrived.at(-1)?.token, 'callback-token')
  assert.equal((await send('PUT', '/_sim/webhooks', { dorp: true })).status, 400)
})

test('payouts go their course by the clock and are told at their end', async (t) => {
  const { simulator, shop, clock, arrivals } = await setUp(t)
  payout(simulator, '1000000001')
  payout(simulator, '1000000404')
  payout(simulator, '1000000408')
  clock.advance({ seconds: 3 })
  while (simulator.payouts.list().some(({ status }) => status === 'ACCEPTED'))
    await new Promise((resolve) => setImmediate(resolve))
  clock.advance({ seconds: 3 })
  await arrivals(2)
  const told = shop.arrived.map(({ path, body }) => [path, body.event, body.data?.status]).sort()
  assert.deepEqual(told, [
    ['/webhooks/xendit/payouts', 'payout.failed', 'FAILED'],
    ['/webhooks/xendit/payouts', 'payout.succeeded', 'SUCCEEDED'],
  ])
  const statuses = simulator.payouts.list().map(({ status }) => status)
  assert.deepEqual(statuses, ['REQUESTED', 'FAILED', 'SUCCEEDED'])
})

test('a payout that succeeded can be reversed, one on its way cannot', async (t) => {
  const { simulator, send } = await setUp(t)
  const { id } = payout(simulator)
  assert.equal((await send('POST', `/_sim/payouts/${id}/reverse`)).status, 400)
  await send('POST', `/_sim/payouts/${id}/finish`)
  assert.equal((await send('POST', `/_sim/payouts/${id}/reverse`)).status, 200)
  assert.equal(simulator.payouts.get(id).status, 'REVERSED')
})

test('killed and started again: invoices, payouts and their keys as they were, half a line forgotten', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'niaga-xendit-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const clock = new SandboxClock()
  const stateFile = join(folder, 'deeper', 'xendit')
  const start = () => new XenditSimulator({ clock, secretKey, merchant: 'UserState', stateFile })
  const before = start()
  for (const externalId of ['A', 'B', 'C']) invoice(before, externalId)
  const [c, b] = before.invoices.list()
  assert.ok(b && c)
  before.pay(b.id, { amount: 40_000, webhook: { drop: true } })
  before.invoices.expire(c.id)
  const sent = payout(before)
  await before.close()
  appendFileSync(`${stateFile}.invoices.jsonl`, '{"id":"cut')
  const restarted = start()
  t.after(() => restarted.close())
  assert.deepEqual(restarted.invoices.list(), before.invoices.list())
  assert.deepEqual(restarted.payouts.list(), before.payouts.list())
  assert.equal(payout(restarted).id, sent.id)
  restarted.payouts.finish(sent.id)
  assert.equal(restarted.payouts.get(sent.id).status, 'SUCCEEDED')
})

test('the payer sees merchant, number, sum and methods, pays with the button, and is led back', async (t) => {
  const { simulator, send } = await setUp(t)
  const { id } = invoice(simulator, 'INV-9', { methods: ['QRIS'], successUrl: 'https://app.example/done' })
  const page = await send('GET', `/pay/${id}`)
  for (const seen of ['UserState', 'INV-9', 'Rp 50.000', 'QRIS', 'Bayar sekarang', 'data-state="pending"'])
    assert.ok(page.text.includes(seen), seen)
  assert.equal((await send('POST', `/pay/${id}/pay`, { method: 'QRIS' })).status, 200)
  assert.equal(JSON.parse((await send('GET', `/pay/${id}/status`)).text).status, 'completed')
  assert.equal((await send('POST', `/pay/${id}/pay`, { method: 'QRIS' })).status, 400)
  const paid = await send('GET', `/pay/${id}`)
  assert.ok(paid.text.includes('https://app.example/done'))
  const left = invoice(simulator, 'INV-10')
  assert.equal((await send('POST', `/pay/${left.id}/expire`)).status, 200)
  assert.ok((await send('GET', `/pay/${left.id}`)).text.includes('data-state="expired"'))
  assert.equal((await send('GET', '/pay/5f27a14a9bf05c73dd040bc8')).status, 404)
})

test('pages: text stays text, no inline script or style, every link exists below the prefix', async (t) => {
  const { simulator, send, root } = await setUp(t, { merchant: '<img src=x onerror=alert(1)>' })
  const odd = invoice(simulator, '"><script>alert(1)</script>', { successUrl: 'javascript:alert(1)' })
  payout(simulator)
  for (const path of ['/', `/pay/${odd.id}`]) {
    const { text, url, headers } = await send('GET', path)
    assert.ok(
      !text.includes('<img src=x') && !text.includes('<script>alert') && !text.includes('javascript:'),
    )
    assert.ok(!/<[^>]*\son\w+=/i.test(text), `${path}: a handler`)
    assert.ok(!/\sstyle=|<style/i.test(text), `${path}: a style`)
    assert.ok(!/<script(?![^>]*\ssrc=)/i.test(text), `${path}: a script`)
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'.*script-src 'self'/)
    const links = [...text.matchAll(/(?:src|href)="([^"#][^"]*)"/g)].map(([, link = '']) => link)
    for (const link of links.filter((each) => !each.startsWith('data:'))) {
      const address = new URL(link, url)
      assert.ok(address.href.startsWith(`${root}/`), address.href)
      assert.equal((await fetch(address)).status, 200, address.href)
    }
  }
})

test('the operator sees invoices, payouts and what fits each of them', async (t) => {
  const { simulator, send } = await setUp(t)
  const [, paid, late] = ['A', 'B', 'C'].map((externalId) => invoice(simulator, externalId))
  assert.ok(paid && late)
  simulator.pay(paid.id, { webhook: { drop: true } })
  simulator.invoices.expire(late.id)
  simulator.payouts.finish(payout(simulator).id)
  const { text } = await send('GET', '/_sim/list')
  for (const seen of [
    'Pay, drop webhook',
    'Settle',
    'Pay late anyway',
    'webhook dropped',
    'Reverse',
    'Rp 30.000',
  ])
    assert.ok(text.includes(seen), seen)
})
