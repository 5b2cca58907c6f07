/** The process is killed with SIGKILL at its worst moments, and started again. */
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { shopProcess } from '../../../../test/quickcart-process.ts'
import { until } from '../../../../test/until.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { reconcile } from './reconcile.ts'

const shop = await shopProcess()
const { db, telegram, pakasir } = shop
let person = 500_000_000

before(() => shop.start())

test('killed between the commit of the money and the delivery: the goods arrive after the restart, once', async () => {
  const budi = await customer()
  const goods = await product()
  const { invoice } = await order(budi, goods)
  // Telegram puts every message off, so that the delivery is written down and not done.
  telegram.fault({ kind: 'rate_limited', retryAfter: 1, times: 1_000 })
  pakasir.pay(invoice)
  await until(async () => (await statusOf(invoice)) === 'paid completed')
  await shop.kill()
  telegram.clearFaults()
  assert.equal(timesSeen(budi.id, `KEY-${goods}-1`), 0)

  await shop.start()
  await until(() => timesSeen(budi.id, `KEY-${goods}-1`) > 0)
  await until(async () => (await queued()) === 0)
  assert.equal(timesSeen(budi.id, `KEY-${goods}-1`), 1)
})

test('check 29: killed between the commit of the order and the call to the gateway: the job makes the payment', async () => {
  const budi = await customer()
  pakasir.faults.arm({ kind: 'timeout', endpoint: 'create' })
  const asked = order(budi, await product()).catch(() => 'the connection broke')
  await until(async () => (await pendingOf(budi.id)) !== undefined)
  await shop.kill()
  assert.equal(await asked, 'the connection broke')
  pakasir.faults.clear()
  const invoice = String(await pendingOf(budi.id))
  assert.equal(await statusOf(invoice), 'pending creating')

  await later(`create:${invoice}`, '16 seconds')
  await shop.start()
  await until(async () => (await statusOf(invoice)) === 'pending awaiting')
  assert.equal(pakasir.list().filter(({ orderId }) => orderId === invoice).length, 1)
})

test('check 24: killed at minute nine and started at minute twelve: the order expires at once, with one notice', async () => {
  const budi = await customer()
  const { invoice } = await order(budi, await product())
  await shop.kill()
  await db.run(
    sql`update payments set expires_at = expires_at - interval '12 minutes' where invoice_id = ${invoice}`,
  )
  await later(`expire:${invoice}`, '12 minutes')

  await shop.start()
  await until(async () => (await statusOf(invoice)) === 'expired expired')
  const notices = await db.one<{ n: number }>(sql`
    select count(*)::int as n from telegram_outbox
      where ref_id = ${invoice} and payload ->> 'kind' = 'payment_expired'`)
  assert.equal(notices.n, 1)
})

test('connections that the server cuts under load lose and double nothing', async () => {
  const goods = await product(60)
  const buyers = await Promise.all(Array.from({ length: 12 }, () => customer('10000')))
  const orders = buyers.map(async (buyer) => {
    for (let n = 0; n < 4; n++) await untilPaid(buyer, goods, `load-${n}`)
  })
  // Each time a few more orders are through, half of all connections go.
  for (let paid = 4; paid <= 40; paid += 4) {
    await until(async () => (await paidOf(goods)) >= paid, 60_000)
    await db.run(sql`
      select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and random() < 0.5`)
  }
  await Promise.all(orders)
  for (const { id } of buyers) {
    const row = await db.one<{ orders: number; balance: string }>(sql`
      select (select count(*) from orders where user_id = ${id} and status = 'paid')::int as orders,
        account_balance as balance from users where id = ${id}`)
    assert.deepEqual(row, { orders: 4, balance: '6000.00' })
  }
  assert.deepEqual(await reconcile(db), [])
})

interface Answer {
  readonly invoice: string
  readonly access_token: string
}

interface Person {
  readonly id: number
  readonly token: string
}

async function customer(balance = '0'): Promise<Person> {
  const id = ++person
  telegram.addUser({ id, first_name: 'Budi' })
  telegram.sendText(id, '/start')
  await until(async () => (await db.many(sql`select id from users where id = ${id}`)).length === 1)
  if (balance !== '0') {
    await inTransaction(db, systemCaller, (tx) =>
      tx.run(sql`
        select post_transfers(${`adj:${id}`}, array['adjustments'], array[${`user.${id}`}], array[${balance}::numeric])`),
    )
  }
  const { body } = await post('/auth/telegram', { init_data: telegram.initData(id) })
  return { id, token: body.access_token }
}

async function product(stock = 2): Promise<number> {
  const { id } = await db.one<{ id: number }>(
    sql`select create_product(null, 'Produk', null, 1000, null) as id`,
  )
  const contents = Array.from({ length: stock }, (_, i) => `KEY-${id}-${i + 1}`)
  await db.run(sql`select added from add_stock(${id}, ${contents})`)
  return id
}

async function order(who: Person, productId: number): Promise<{ invoice: string }> {
  const items = [{ product_id: productId, quantity: 1 }]
  const { status, body } = await post(
    '/orders',
    { items, payment_method: 'qris' },
    who,
    `k-${crypto.randomUUID()}`,
  )
  assert.equal(status, 201, JSON.stringify(body))
  return body
}

/** As a client does that got no answer, or was told to try again: the same key until there is one. */
async function untilPaid(who: Person, productId: number, key: string): Promise<void> {
  const body = { items: [{ product_id: productId, quantity: 1 }], payment_method: 'account_balance' }
  await until(async () => {
    const answer = await post('/orders', body, who, key).catch(() => undefined)
    assert.ok(!answer || ![400, 401, 403, 422].includes(answer.status), JSON.stringify(answer))
    return answer?.status === 201
  }, 60_000)
}

async function post(
  path: string,
  body: unknown,
  who?: Person,
  key?: string,
): Promise<{ status: number; body: Answer }> {
  const answer = await fetch(`${shop.origin}/quickcart/v1${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: {
      'content-type': 'application/json',
      ...(who === undefined ? {} : { authorization: `Bearer ${who.token}` }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
  })
  const read: Answer = JSON.parse(await answer.text())
  return { status: answer.status, body: read }
}

async function statusOf(invoice: string): Promise<string> {
  const row = await db.one<{ status: string }>(sql`
    select o.status || ' ' || p.status as status
      from orders o join payments p on p.order_id = o.id where o.invoice_id = ${invoice}`)
  return row.status
}

async function pendingOf(id: number): Promise<string | undefined> {
  const row = await db.maybeOne<{ invoice_id: string }>(
    sql`select invoice_id from orders where user_id = ${id} and status = 'pending'`,
  )
  return row?.invoice_id
}

async function paidOf(productId: number): Promise<number> {
  const row = await db.one<{ n: number }>(
    sql`select count(*)::int as n from product_stocks where product_id = ${productId} and is_sold`,
  )
  return row.n
}

async function queued(): Promise<number> {
  const row = await db.one<{ n: number }>(
    sql`select count(*)::int as n from telegram_outbox where status in ('queued', 'sending')`,
  )
  return row.n
}

/** So much time has passed for the job under this key. */
async function later(key: string, step: string): Promise<void> {
  await db.run(
    sql`update graphile_worker._private_jobs set run_at = run_at - ${step}::interval where key = ${key}`,
  )
}

function timesSeen(chat: number, words: string): number {
  return telegram.chat(chat).messages.filter(({ text = '' }) => text.includes(words)).length
}
