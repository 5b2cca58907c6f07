import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import Fastify from 'fastify'
import { SandboxClock } from '../../../kernel/clock.ts'
import { wholeMoney } from '../../../kernel/money.ts'
import { pakasirSimulator } from './plugin.ts'
import { PakasirSimulator } from './simulator.ts'

const amount = wholeMoney('IDR', 30_000)

/** Under a prefix, as the app mounts it. */
async function setUp(t: TestContext, merchant = 'Toko Kita') {
  const clock = new SandboxClock()
  const simulator = new PakasirSimulator({ clock, project: 'toko', apiKey: 'key', merchant })
  const app = Fastify()
  await app.register(pakasirSimulator, { simulator, prefix: '/sim/pakasir' })
  const root = await app.listen({ port: 0, host: '127.0.0.1' })
  t.after(async () => {
    await app.close()
    await simulator.close()
  })
  const get = async (path: string) => {
    const response = await fetch(`${root}/sim/pakasir${path}`)
    return {
      status: response.status,
      headers: response.headers,
      url: response.url,
      text: await response.text(),
    }
  }
  const post = (path: string) => fetch(`${root}/sim/pakasir${path}`, { method: 'POST' })
  return { clock, simulator, root, get, post }
}

test('the payer sees merchant, invoice, goods, fee, total, a QR and the button', async (t) => {
  const { get } = await setUp(t)
  const { status, text } = await get(
    '/pay/toko/30000?order_id=TRX1&qris_only=1&redirect=https%3A%2F%2Ft.me%2Ftoko',
  )
  assert.equal(status, 200)
  for (const seen of [
    'Toko Kita',
    'TRX1',
    'Rp 30.000',
    'Rp 520',
    'Rp 30.520',
    '<svg',
    'Bayar sekarang',
    'https://t.me/toko',
  ]) {
    assert.ok(text.includes(seen), seen)
  }
  assert.ok(text.includes('data-state="pending"'))
})

test('the button pays, and the page’s poll follows: pending, completed', async (t) => {
  const { get, post, simulator } = await setUp(t)
  simulator.create('TRX1', amount)
  const address = (what: string) => `/pay/toko/30000/${what}?order_id=TRX1`
  assert.equal(JSON.parse((await get(address('status'))).text).status, 'pending')
  assert.equal((await post(address('pay'))).status, 200)
  assert.equal(JSON.parse((await get(address('status'))).text).status, 'completed')
  assert.equal((await post(address('pay'))).status, 400)
  assert.ok((await get('/pay/toko/30000?order_id=TRX1')).text.includes('data-state="completed"'))
})

test('expired and cancelled show, and cannot be paid', async (t) => {
  const { get, post, simulator, clock } = await setUp(t)
  simulator.create('TRX1', amount)
  simulator.create('TRX2', amount)
  simulator.cancel('TRX2')
  clock.advance({ minutes: 15 })
  for (const [orderId, state] of [
    ['TRX1', 'expired'],
    ['TRX2', 'canceled'],
  ] as const) {
    assert.ok((await get(`/pay/toko/30000?order_id=${orderId}`)).text.includes(`data-state="${state}"`))
    assert.equal((await post(`/pay/toko/30000/pay?order_id=${orderId}`)).status, 400)
  }
})

test('a wrong address gets a page that says so', async (t) => {
  const { get, simulator } = await setUp(t)
  simulator.create('TRX1', amount)
  const wrong = [
    ['/pay/elsewhere/30000?order_id=TRX1', 404],
    ['/pay/toko/30001?order_id=TRX1', 400],
    ['/pay/toko/30000', 400],
    ['/pay/toko/abc?order_id=TRX1', 400],
    ['/pay/toko/0?order_id=TRX1', 400],
    ['/pay/toko/30000?order_id=A&order_id=B', 400],
  ] as const
  for (const [path, status] of wrong) {
    const answer = await get(path)
    assert.equal(answer.status, status, path)
    assert.ok(answer.text.includes('Tagihan tidak dapat dibuka'), path)
  }
})

test('names from outside stay text, and a script address is no back link', async (t) => {
  const { get } = await setUp(t, '<img src=x onerror=alert(1)>')
  const order = encodeURIComponent('"><script>alert(1)</script>')
  const { text, headers } = await get(`/pay/toko/30000?order_id=${order}&redirect=javascript%3Aalert(1)`)
  const index = await get('/')
  for (const page of [text, index.text]) {
    assert.ok(!page.includes('<img src=x'))
    assert.ok(!page.includes('<script>alert'))
    assert.ok(!page.includes('javascript:'))
  }
  assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'.*script-src 'self'/)
})

test('no page needs inline script, inline style or another site', async (t) => {
  const { get, simulator } = await setUp(t)
  simulator.create('TRX1', amount)
  for (const path of ['/', '/pay/toko/30000?order_id=TRX1']) {
    const { text } = await get(path)
    assert.ok(!/\son\w+=/i.test(text), `${path}: a handler`)
    assert.ok(!/\sstyle=|<style/i.test(text), `${path}: a style`)
    assert.ok(!/<script(?![^>]*\ssrc=)/i.test(text), `${path}: a script`)
    assert.ok(!/(?:src|href)="(?:\/|https?:)/i.test(text), `${path}: an address that is not relative`)
  }
})

test('every link and asset of the pages exists under the prefix', async (t) => {
  const { get, simulator, root } = await setUp(t)
  simulator.create('TRX1', amount)
  for (const path of ['/', '/pay/toko/30000?order_id=TRX1']) {
    const { text, url } = await get(path)
    const links = [...text.matchAll(/(?:src|href)="([^"#][^"]*)"/g)].map(([, link = '']) =>
      link.replaceAll('&#38;', '&'),
    )
    assert.ok(links.length >= 3)
    for (const link of links.filter((each) => !each.startsWith('data:'))) {
      const address = new URL(link, url)
      assert.ok(address.href.startsWith(`${root}/sim/pakasir/`), address.href)
      assert.equal((await fetch(address)).status, 200, address.href)
    }
  }
})

test('the address without its slash leads to the one with it', async (t) => {
  const { get, root } = await setUp(t)
  const { url, status, text } = await get('')
  assert.deepEqual([url, status], [`${root}/sim/pakasir/`, 200])
  assert.ok(text.includes('Pakasir simulator'))
})

test('the gateway’s operator sees each transaction with its state and what fits it', async (t) => {
  const { get, simulator } = await setUp(t)
  for (const orderId of ['TRX1', 'TRX2', 'TRX3']) simulator.create(orderId, amount)
  simulator.pay('TRX2', { webhook: { drop: true } })
  simulator.cancel('TRX3')
  const { text } = await get('/_sim/list')
  for (const seen of [
    'pending',
    'completed',
    'canceled',
    'Pay wrong amount',
    'Duplicate webhook',
    'Pay late anyway',
    'webhook dropped',
  ]) {
    assert.ok(text.includes(seen), seen)
  }
})

test('a server that logs its requests does not log the API key', async (t) => {
  const lines: string[] = []
  const app = Fastify({ logger: { level: 'trace', stream: { write: (line) => lines.push(line) } } })
  const simulator = new PakasirSimulator({ project: 'toko', apiKey: 'very-secret-key' })
  await app.register(pakasirSimulator, { simulator })
  t.after(() => app.close())
  const order = { project: 'toko', amount: 30_000, order_id: 'TRX1', api_key: 'very-secret-key' }
  await app.inject({ url: '/api/transactiondetail', query: { ...order, amount: '30000' } })
  await app.inject({ method: 'POST', url: '/api/transactioncreate/qris', payload: order })
  assert.equal(simulator.list().length, 1)
  assert.ok(!lines.join('').includes('very-secret-key'))
})
