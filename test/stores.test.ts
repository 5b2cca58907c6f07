/** Two shops in one process, as an operator adds the second and customers use both: nothing of one is the other's. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { createClient } from 'redis'
import { freePort } from '../src/postgres/embedded.ts'
import { type Answer, callsTo } from './calls.ts'
import { houseFolder, type RunningHouse, stopHouse } from './house.ts'
import { redisMissing, testRedis } from './redis.ts'
import { until } from './until.ts'

/** The same person in both shops. */
const BUDI = 100_000_001
const ADMIN = 700_000_001
const TITLE = "Toko 'Dua'"
const GOODS = 1
const GOODS_PRICE = 30_000
const SECRETS = {
  PAKASIR_WEBHOOK_SECRET: 'gateway-secret-of-the-first',
  QUICKCART_STORE2_PAKASIR_WEBHOOK_SECRET: 'gateway-secret-of-the-second',
  TELEGRAM_WEBHOOK_SECRET: 'telegram-secret-of-the-first',
  QUICKCART_STORE2_TELEGRAM_WEBHOOK_SECRET: 'telegram-secret-of-the-second',
}

const folder = await houseFolder()
const redis = redisMissing ? undefined : await testRedis()
let house: RunningHouse | undefined

before(async () => await redis?.start())
after(async () => {
  if (house?.child.exitCode === null) await stopHouse(house)
  await redis?.kill()
  await folder.remove()
})

interface Call {
  readonly token?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** With a body it is a POST. */
async function call(path: string, { token, body, headers = {} }: Call = {}): Promise<Answer> {
  assert.ok(house)
  const { url } = house
  const as = token === undefined ? {} : { as: { token } }
  return await callsTo((at) => `${url}${at}`)(body === undefined ? 'GET' : 'POST', path, {
    body,
    headers,
    ...as,
  })
}

/** Of the house's databases those that are shops'. */
async function shopDatabases(): Promise<{ system: string; name: string; status: string }[]> {
  const { databases } = (await call('/health/db')).body
  return databases.filter(({ system }: { system: string }) => system.startsWith('quickcart'))
}

/** One shop seen from outside. */
function shopAt(api: string, telegram: string, pakasir: string) {
  const said = async (): Promise<string> =>
    JSON.stringify((await call(`${telegram}/_sim/chats/${BUDI}`)).body)
  return {
    api,
    telegram,
    said,
    async signIn(login?: unknown): Promise<Answer> {
      const { body } = await call(`${telegram}/_sim/users/${BUDI}/login`)
      return await call(`${api}/auth/telegram`, { body: { login: login ?? body.login } })
    },
    async stock(): Promise<number> {
      return (await call(`${api}/products/${GOODS}`)).body.stock_count
    },
    /** Ordered by QRIS, paid at the gateway, reported by its webhook, the goods in the chat. */
    async sell(token: string, quantity: number): Promise<string> {
      const order = await call(`${api}/orders`, {
        token,
        headers: { 'idempotency-key': randomUUID() },
        body: { items: [{ product_id: GOODS, quantity }], payment_method: 'qris' },
      })
      assert.equal(order.status, 201, JSON.stringify(order.body))
      const { invoice } = order.body
      const paid = await call(`${pakasir}/_sim/transactions/${invoice}/pay`, { body: {} })
      assert.equal(paid.status, 200, JSON.stringify(paid.body))
      await until(async () => new RegExp(`${invoice}[\\s\\S]*DEMO-${GOODS}-`).test(await said()), 60_000)
      return invoice
    },
  }
}

const one = shopAt('/quickcart/v1', '/sim/telegram', '/sim/pakasir')
const two = shopAt('/quickcart/store2/v1', '/sim/telegram-store2', '/sim/pakasir-store2')

test('one command adds a shop; again, it is refused and changes nothing', async () => {
  const added = await folder.run([
    ...['quickcart', 'add-store', 'store2', '--title', TITLE, '--admins', String(ADMIN), '--json'],
  ])
  assert.equal(added.code, 0, added.text)
  assert.deepEqual(JSON.parse(added.text).databases, { shop: 'db_store2', audits: 'db_store2_audits' })
  const written = await readFile(folder.envFile, 'utf8')
  const again = await folder.run(['quickcart', 'add-store', 'store2', '--title', 'Another'])
  assert.equal(again.code, 2)
  assert.match(again.text, /\[store_exists\]/)
  assert.equal(await readFile(folder.envFile, 'utf8'), written)
})

test('both are on the front page, in the reference, in health and metrics, each under its own name', async () => {
  house = await folder.start({ ...SECRETS, ...(redis ? { REDIS_URL: redis.url } : {}) })
  const page = String((await call('/')).body)
  for (const text of [
    '<h2>QuickCart</h2>',
    'Toko',
    '/sim/telegram-store2/',
    '/quickcart/store2/v1/products',
  ]) {
    assert.ok(page.includes(text), text)
  }
  const { paths } = (await call('/openapi.json')).body
  const ofFirst = Object.keys(paths).filter((path) => path.startsWith(one.api))
  assert.ok(ofFirst.length > 20)
  for (const path of ofFirst) assert.ok(path.replace(one.api, two.api) in paths, path)
  const health = (await shopDatabases()).map(({ system, name, status }) => `${system}/${name} ${status}`)
  assert.deepEqual(health, [
    'quickcart/db_store1 up',
    'quickcart/db_audits up',
    'quickcart-store2/db_store2 up',
    'quickcart-store2/db_store2_audits up',
  ])
  const metrics = String((await call('/metrics')).body)
  for (const system of ['quickcart', 'quickcart-store2']) {
    assert.match(metrics, new RegExp(`niaga_jobs_dead\\{system="${system}"\\} 0`))
  }
})

test('the same customer buys in both; stock, orders, tokens and secrets of one are nothing to the other', async (t) => {
  const [tokenOne, tokenTwo] = await Promise.all(
    [one, two].map(async (shop) => {
      const answer = await shop.signIn()
      assert.equal(answer.status, 200, JSON.stringify(answer.body))
      return String(answer.body.access_token)
    }),
  )
  assert.ok(tokenOne && tokenTwo)
  const stockBefore = [await one.stock(), await two.stock()]
  const [invoiceOne, invoiceTwo] = await Promise.all([one.sell(tokenOne, 1), two.sell(tokenTwo, 2)])
  assert.ok(invoiceOne && invoiceTwo)

  await t.test('stock and goods', async () => {
    await until(async () => (await one.stock()) === (stockBefore[0] ?? 0) - 1)
    await until(async () => (await two.stock()) === (stockBefore[1] ?? 0) - 2)
    assert.doesNotMatch(await one.said(), new RegExp(invoiceTwo))
    assert.doesNotMatch(await two.said(), new RegExp(invoiceOne))
  })
  await t.test('tokens and orders', async () => {
    assert.equal((await call(`${one.api}/orders/${invoiceOne}`, { token: tokenOne })).status, 200)
    assert.equal((await call(`${two.api}/orders/${invoiceOne}`, { token: tokenTwo })).status, 404)
    assert.equal((await call(`${one.api}/orders/${invoiceTwo}`, { token: tokenOne })).status, 404)
    assert.equal((await call(`${two.api}/me`, { token: tokenOne })).status, 401)
    assert.equal((await call(`${one.api}/me`, { token: tokenTwo })).status, 401)
  })
  await t.test('what Telegram signed for one bot opens nothing at the other', async () => {
    const { body } = await call(`${one.telegram}/_sim/users/${BUDI}/login`)
    const refused = await two.signIn(body.login)
    assert.deepEqual([refused.status, refused.body.code], [401, 'telegram_auth_invalid'])
  })
  await t.test('webhooks with the secret of the other', async () => {
    const event = { amount: GOODS_PRICE, order_id: invoiceTwo, project: 'x', status: 'completed' }
    const body = { ...event, payment_method: 'qris', completed_at: '2026-11-21T10:00:00Z' }
    const toGateway = async (path: string, secret: string) =>
      (await call(`${path}/pakasir?token=${secret}`, { body })).status
    const toTelegram = async (path: string, secret: string) =>
      (
        await call(`${path}/telegram`, {
          headers: { 'x-telegram-bot-api-secret-token': secret },
          body: { update_id: 1 },
        })
      ).status
    for (const path of ['/webhooks', `${one.api}/webhooks`]) {
      assert.equal(await toGateway(path, SECRETS.PAKASIR_WEBHOOK_SECRET), 200)
      assert.equal(await toGateway(path, SECRETS.QUICKCART_STORE2_PAKASIR_WEBHOOK_SECRET), 401)
      assert.equal(await toTelegram(path, SECRETS.QUICKCART_STORE2_TELEGRAM_WEBHOOK_SECRET), 401)
    }
    for (const path of ['/webhooks/store2', `${two.api}/webhooks`]) {
      assert.equal(await toGateway(path, SECRETS.PAKASIR_WEBHOOK_SECRET), 401)
      assert.equal(await toGateway(path, SECRETS.QUICKCART_STORE2_PAKASIR_WEBHOOK_SECRET), 200)
      assert.equal(await toTelegram(path, SECRETS.TELEGRAM_WEBHOOK_SECRET), 401)
    }
  })
  await t.test('API keys', async () => {
    const made = await folder.run(
      'keys create reporting --database db_store2 --scopes reporting --json'.split(' '),
    )
    assert.equal(made.code, 0, made.text)
    const headers = { 'x-api-key': JSON.parse(made.text).key }
    assert.notEqual((await call(`${two.api}/admin/audit`, { headers })).status, 401)
    assert.equal((await call(`${one.api}/admin/audit`, { headers })).status, 401)
  })
})

test('sessions of both in one Redis: the first shop’s keys are the documented ones', {
  skip: redisMissing,
}, async () => {
  assert.ok(redis)
  const client = createClient({ url: redis.url })
  await client.connect()
  try {
    for (const shop of [one, two]) {
      await call(`${shop.telegram}/_sim/chats/${BUDI}/text`, { body: { text: '/start' } })
    }
    const count = async (pattern: string) => (await client.keys(pattern)).length
    await until(async () => (await count('rate:*')) > 0 && (await count('quickcart-store2:rate:*')) > 0)
    const keys = await client.keys('*')
    const strange = keys.filter(
      (key) => !/^(quickcart-store2:)?(session|rate|stock_count|banned|queue|stats):/.test(key),
    )
    assert.deepEqual(strange, [])
  } finally {
    client.destroy()
  }
})

test('ledgers and audit chains add up, each by itself; commands without a database mean all', async () => {
  const verified = await folder.run(['ledger', 'verify'])
  assert.equal(verified.code, 0, verified.text)
  for (const [database, sales] of [
    ['db_store1', GOODS_PRICE],
    ['db_store2', 2 * GOODS_PRICE],
  ] as const) {
    const { text } = await folder.run(['ledger', 'balance', 'sales', '--database', database, '--json'])
    assert.deepEqual(
      JSON.parse(text).map(({ balance }: { balance: string }) => Number(balance)),
      [sales],
    )
  }
  const inbox = JSON.parse((await folder.run(['inbox', 'list', '--json'])).text)
  const owners = new Set(inbox.map(({ database }: { database: string }) => database))
  assert.deepEqual(owners, new Set(['db_store1', 'db_store2']))
  const audit = await folder.run(['audit', 'verify', '--json'])
  assert.equal(audit.code, 0, audit.text)
  const chains = JSON.parse(audit.text).map(({ system, ok }: Record<string, unknown>) => [system, ok])
  assert.deepEqual(chains.slice(0, 2), [
    ['quickcart', true],
    ['quickcart-store2', true],
  ])
})

test('the second shop’s databases are away at the start: the first sells; the second opens without its audit, at its second try', async () => {
  assert.ok(house)
  await stopHouse(house)
  const target = await folder.databaseUrl('db_store2')
  const door = await closedDoor(target)
  house = await folder.start({
    NIAGA_DB_STORE2_URL: door.url,
    NIAGA_DB_STORE2_AUDITS_URL: 'postgres://nobody@127.0.0.1:9/nothing',
  })
  try {
    assert.deepEqual(
      (await shopDatabases()).map(({ status }) => status),
      ['up', 'up', 'down', 'down'],
    )
    assert.match(String((await call('/')).body), /Its database does not answer right now/)
    const refused = await call(`${two.api}/products`)
    assert.deepEqual([refused.status, refused.body.code], [503, 'unavailable'])
    await one.sell((await one.signIn()).body.access_token, 1)

    await onServer(target, async (owner) => {
      await owner.query('alter function niaga.set_clock_offset rename to gone')
      await door.open()
      // The relay had begun already when the first try failed, and is stopped.
      await until(async () => {
        const { rowCount } = await owner.query(`
          select from pg_stat_activity where datname = current_database() and query = 'unlisten "audit_outbox"'`)
        return rowCount === 1
      }, 60_000)
      assert.equal((await call(`${two.api}/products`)).status, 503)
      await owner.query('alter function niaga.gone rename to set_clock_offset')
    })
    await until(async () => (await call(`${two.api}/products`)).status === 200, 60_000)
    await two.sell((await two.signIn()).body.access_token, 1)
    const waiting = /niaga_audit_outbox_waiting\{system="quickcart-store2"\} [1-9]/
    assert.match(String((await call('/metrics')).body), waiting)
  } finally {
    await stopHouse(house)
    await door.close()
  }
})

async function onServer(url: string, work: (owner: pg.Client) => Promise<void>): Promise<void> {
  const owner = new pg.Client({ connectionString: url })
  await owner.connect()
  await work(owner).finally(() => owner.end())
}

/** An address behind which nobody listens until it is opened, and then the database of this URL. */
async function closedDoor(target: string) {
  const { port: targetPort } = new URL(target)
  const port = await freePort()
  const sockets = new Set<Socket>()
  const server = createServer((from) => {
    const to = connect(Number(targetPort), '127.0.0.1')
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      sockets.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy())
    }
  })
  const url = new URL(target)
  url.port = String(port)
  return {
    url: url.href,
    open: async () => void (await once(server.listen(port, '127.0.0.1'), 'listening')),
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

test('a removed shop leaves the configuration and nothing else', async () => {
  const removed = await folder.run(['quickcart', 'remove-store', 'store2'])
  assert.equal(removed.code, 0, removed.text)
  assert.match(removed.text, /drop database db_store2; drop database db_store2_audits;/)
  const unknown = await folder.run(['db', 'url', 'db_store2'])
  assert.equal(unknown.code, 2)
  assert.match(unknown.text, /quickcart\/db_store1, quickcart\/db_audits/)
  const back = await folder.run(['quickcart', 'add-store', 'store2', '--title', TITLE])
  assert.equal(back.code, 0, back.text)
  const { text } = await folder.run(['ledger', 'balance', 'sales', '--database', 'db_store2', '--json'])
  assert.equal(Number(JSON.parse(text)[0].balance), 3 * GOODS_PRICE)
})
