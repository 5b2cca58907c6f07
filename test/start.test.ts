/** `niaga start` as a person uses and abuses it: real processes, real signals, a data folder of its own. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { houseFolder, killAndWait, killHouse, type RunningHouse, stopHouse } from './house.ts'
import { until } from './until.ts'

const { data, start, run, remove } = await houseFolder()

const postmaster = () => join(data, 'postgres', 'data', 'postmaster.pid')
const postgresPid = () => Number(readFileSync(postmaster(), 'utf8').split('\n')[0])

let running: RunningHouse | undefined
after(async () => {
  if (running?.child.exitCode === null) await stopHouse(running)
  await remove()
})

test('from nothing to ready: the page, health and reference answer', async () => {
  running = await start()
  for (const path of [
    '/',
    '/health/live',
    '/health/ready',
    '/health/db',
    '/metrics',
    '/openapi.json',
    '/reference/',
    '/errors',
  ]) {
    const answer = await fetch(`${running.url}${path}`)
    assert.equal(answer.status, 200, `${path}: ${await answer.text()}`)
  }
})

test('a second start says where the first one runs', async () => {
  const second = await run(['start'])
  assert.equal(second.code, 1)
  assert.match(second.text, /already runs at http:/)
})

test('commands work beside the running application and leave it alone', async () => {
  assert.ok(running)
  const status = await run(['migrate', 'status', '--json'])
  assert.equal(status.code, 0, status.text)
  const health = await run(['db', 'health', '--json'])
  assert.equal(health.code, 0, health.text)
  assert.equal((await fetch(`${running.url}/health/ready`)).status, 200)
})

test('SIGTERM stops application and PostgreSQL, also while a page holds a stream open', async () => {
  assert.ok(running)
  const stream = await fetch(`${running.url}/sim/telegram/_sim/events?user_id=1`)
  assert.equal(stream.status, 200)
  const code = await stopHouse(running)
  await stream.body?.cancel().catch(() => undefined)
  assert.equal(code, 0)
  assert.equal(existsSync(postmaster()), false)
})

test('Ctrl-C, which the terminal sends to the launcher and to the application, stops in order', async () => {
  running = await start()
  const exited = once(running.child, 'exit')
  process.kill(-Number(running.child.pid), 'SIGINT')
  const [code] = await exited
  assert.equal(code, 0)
  assert.equal(existsSync(postmaster()), false)
})

const BUDI = 100_000_001

test('after kill -9 of the application the next start takes over its PostgreSQL; the outside has forgotten nothing', async () => {
  const first = await start()
  running = first
  const order = {
    project: 'quickcart-sandbox',
    api_key: 'sandbox-api-key-store1',
    order_id: 'KEPT',
    amount: 30_000,
  }
  await post(`${first.url}/sim/telegram/_sim/chats/${BUDI}/text`, { text: 'masih ingat?' })
  await post(`${first.url}/sim/pakasir/api/transactioncreate/qris`, order)
  await killHouse(first)
  const orphan = postgresPid()
  running = await start()
  const chat = await fetch(`${running.url}/sim/telegram/_sim/chats/${BUDI}`)
  assert.match(await chat.text(), /masih ingat\?/)
  const asked = new URLSearchParams({ ...order, amount: String(order.amount) })
  const known = await fetch(`${running.url}/sim/pakasir/api/transactiondetail?${asked}`)
  assert.equal(known.status, 200, await known.text())
  assert.equal(postgresPid(), orphan)
  assert.equal((await fetch(`${running.url}/health/ready`)).status, 200)
})

test('a PostgreSQL that is killed beneath the application is started again', async () => {
  assert.ok(running)
  const { url } = running
  const pid = postgresPid()
  await killAndWait(pid)
  await until(async () => existsSync(postmaster()) && postgresPid() !== pid)
  await until(async () => (await fetch(`${url}/health/ready`)).status === 200)
})

test('after kill -9 of everything the next start recovers by itself', async () => {
  assert.ok(running)
  const pid = postgresPid()
  await killHouse(running)
  await killAndWait(pid)
  running = await start()
  assert.notEqual(postgresPid(), pid)
  assert.equal((await fetch(`${running.url}/health/ready`)).status, 200)
})

test('every problem of the configuration is named at once', async () => {
  const { code, text } = await run(['start'], {
    NIAGA_PORT: 'eighty',
    NIAGA_LOG_LEVEL: 'loud',
    TELEGRAM_MODE: 'pigeon',
  })
  assert.equal(code, 1)
  for (const name of ['NIAGA_PORT', 'NIAGA_LOG_LEVEL', 'TELEGRAM_MODE']) assert.match(text, new RegExp(name))
})

test('outside development, what destroys data asks for the database by name', async () => {
  const production = { NIAGA_ENVIRONMENT: 'production' }
  const refused = await run(['migrate', 'fresh'], production)
  assert.equal(refused.code, 2)
  assert.match(refused.text, /--yes-i-mean db_store1/)
})

test('a command that cannot be carried out as it was given exits with 2 and says why', async () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['frobnicate', /unknown command/],
    ['jobs list --limit many', /--limit takes a whole number/],
    ['db url db_nowhere', /there is no database db_nowhere; there are quickcart\/db_store1/],
    ['ledger verify --database db_audits', /db_audits has no ledger; there is one in db_store1/],
    ['audit verify --system nobody', /there is no system nobody; there are quickcart/],
  ]
  await Promise.all(
    cases.map(async ([words, said]) => {
      const { code, text } = await run(words.split(' '))
      assert.equal(code, 2, text)
      assert.match(text, said)
    }),
  )
})

test('every command explains itself', async () => {
  for (const words of [[], ['migrate', 'down'], ['ledger'], ['quickcart']]) {
    const { code, text } = await run([...words, '--help'])
    assert.equal(code, 0)
    assert.match(text, /Usage: niaga/)
  }
})

async function post(url: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  assert.equal(answer.status, 200, await answer.text())
}
