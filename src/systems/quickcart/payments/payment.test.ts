import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { type Customer, openShop, WEBHOOK_SECRET } from '../../../../test/quickcart-shop.ts'
import { until } from '../../../../test/until.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { wholeMoney } from '../../../kernel/money.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'

const shop = await openShop()
const { store, pakasir } = shop

beforeEach(async () => {
  pakasir.behave()
  // An earlier outage may have opened the circuit: half a minute later one good answer closes it.
  if (!store.pakasir.available) await shop.advance({ seconds: 31 })
  await assert.rejects(store.pakasir.detail({ orderId: 'nobody', amount: wholeMoney('IDR', 500) }))
})

test('check 18: ten copies of one webhook at once settle once and deliver once', async () => {
  const { budi, invoice } = await pendingOrder()
  pakasir.pay(invoice, { webhook: { copies: 10 } })
  await shop.drain()
  assert.equal(await statusOf(invoice), 'paid completed')
  assert.equal(await transfers(`order:${invoice}`), 2)
  assert.equal(await messages(invoice, 'deliver'), 1)
  assert.equal(pakasir.webhooks.about(invoice).length, 10)
  const { body } = await shop.get(`/orders/${invoice}`, { as: budi })
  assert.equal(body.items[0].contents.length, 1)
})

test('check 19: a webhook that comes before the answer of create is stored still ends in a paid order', async () => {
  const budi = await shop.customer()
  pakasir.faults.arm({ kind: 'timeout_after_effect', endpoint: 'create', times: 1 })
  const { status, body } = await shop.order(budi, await shop.product())
  assert.deepEqual([status, body.payment.status, body.payment.qr_string], [202, 'creating', null])
  pakasir.pay(body.invoice)
  await shop.drain()
  assert.equal(await statusOf(body.invoice), 'paid completed')
  await shop.advance({ seconds: 20 })
  assert.equal(await statusOf(body.invoice), 'paid completed')
})

test('check 20: a webhook without the secret is refused; a forged one with it changes nothing', async () => {
  const { invoice } = await pendingOrder()
  const forged = { amount: 30_000, order_id: invoice, project: 'shop', status: 'completed' }
  for (const query of ['', '?token=wrong']) {
    const { status, body } = await shop.post(`/webhooks/pakasir${query}`, { body: forged })
    assert.deepEqual([status, body.code], [401, 'unauthenticated'], query)
  }
  const badSignature = await shop.post(`/webhooks/pakasir?token=${WEBHOOK_SECRET}`, {
    body: forged,
    headers: { 'x-pakasir-signature': '00' },
  })
  assert.equal(badSignature.status, 401)
  assert.equal(await deliveries(invoice), 0)

  const accepted = await shop.post(`/webhooks/pakasir?token=${WEBHOOK_SECRET}`, { body: forged })
  assert.equal(accepted.status, 200)
  await shop.drain()
  assert.equal(await statusOf(invoice), 'pending awaiting')

  pakasir.pay(invoice, { webhook: { drop: true } })
  assert.equal((await shop.post(`/webhooks/pakasir?token=${WEBHOOK_SECRET}`, { body: forged })).status, 200)
  await shop.drain()
  assert.equal(await statusOf(invoice), 'paid completed')
})

test('a forged webhook that the gateway never confirms waits for a person', async () => {
  const { invoice } = await pendingOrder()
  pakasir.sendWebhook(invoice)
  await shop.drain()
  for (const seconds of [6, 31, 121]) await shop.advance({ seconds })
  assert.equal(await inboxStatus(invoice), 'unconfirmed')
  assert.equal(await statusOf(invoice), 'pending awaiting')
})

test('check 21: a webhook over another amount moves no money and tells the staff', async () => {
  await shop.customer({ role: 'admin' })
  const { invoice } = await pendingOrder()
  pakasir.sendWebhook(invoice, {}, { amount: wholeMoney('IDR', 1) })
  await shop.drain()
  assert.equal(await statusOf(invoice), 'pending awaiting')
  assert.equal(await inboxStatus(invoice), 'unmatched')
  assert.ok((await messages(invoice, 'staff_amount_mismatch')) > 0)
})

test('check 21: a gateway that reports another amount moves no money either', async () => {
  const { budi, invoice } = await pendingOrder()
  pakasir.pay(invoice, { amount: wholeMoney('IDR', 10), webhook: { drop: true } })
  const { body } = await shop.post(`/orders/${invoice}/check`, { as: budi })
  assert.equal(body.status, 'pending')
  assert.equal(await transfers(`order:${invoice}`), 0)
})

test('check 22: a lost webhook costs two minutes at most', async () => {
  const { invoice } = await pendingOrder()
  pakasir.pay(invoice, { webhook: { drop: true } })
  await shop.advance({ minutes: 2, seconds: 1 })
  assert.equal(await statusOf(invoice), 'paid completed')
})

test('check 23: unpaid after ten minutes everything is free again', async () => {
  const budi = await shop.customer()
  shop.telegram.sendText(budi.id, '/start')
  await shop.telegram.waitFor(budi.id, (chat) => chat.messages.some((message) => message.from.is_bot))
  const product = await shop.product({ stock: 1 })
  const { body } = await shop.order(budi, product)
  await shop.telegram.waitFor(budi.id, (chat) => chat.messages.some(({ photo }) => photo !== undefined))
  await shop.advance({ minutes: 10, seconds: 1 })

  assert.equal(await statusOf(body.invoice), 'expired expired')
  const row = await store.db.one<{ free: number; released: number; qr: string | null }>(sql`
    select (select count(*) from product_stocks where product_id = ${product} and order_id is null)::int as free,
      (select count(*) from order_items i join orders o on o.id = i.order_id
        where o.invoice_id = ${body.invoice} and i.released_at is not null)::int as released,
      (select qr_string from payments where invoice_id = ${body.invoice}) as qr`)
  assert.deepEqual(row, { free: 1, released: 1, qr: null })
  const chat = shop.telegram.chat(budi.id)
  assert.ok(!chat.messages.some(({ photo }) => photo !== undefined), 'the QR is gone')
  const last = chat.messages.findLast(({ from }) => from.is_bot)
  const buttons = last?.reply_markup?.inline_keyboard.flat().map(({ text }) => text) ?? []
  assert.equal(buttons.length, 1)
  assert.match(String(buttons[0]), /Kembali/)
  // Order history still names what it was about.
  const { body: history } = await shop.get(`/orders/${body.invoice}`, { as: budi })
  assert.equal(history.items[0].product_id, product)
  assert.equal(history.items[0].contents, undefined)
})

test('check 25: paid seconds before the deadline with a webhook that comes at 11:00, the deadline finds the money', async () => {
  const { invoice } = await pendingOrder()
  await shop.advance({ minutes: 9, seconds: 30 })
  pakasir.pay(invoice, { webhook: { drop: true } })
  await shop.advance({ seconds: 31 })
  assert.equal(await statusOf(invoice), 'paid completed')
  await shop.advance({ seconds: 59 })
  pakasir.sendWebhook(invoice)
  await shop.drain()
  assert.equal(await transfers(`order:${invoice}`), 2)
})

test('check 26: a gateway that is down at the deadline and back with the money is waited for', async () => {
  const { invoice } = await pendingOrder()
  await shop.advance({ minutes: 9 })
  pakasir.pay(invoice, { webhook: { drop: true } })
  pakasir.faults.arm({ kind: 'outage' })
  await shop.advance({ minutes: 1, seconds: 1 })
  assert.equal(await statusOf(invoice), 'pending awaiting')
  for (const seconds of [16, 31, 61]) await shop.advance({ seconds })
  assert.equal(await statusOf(invoice), 'pending awaiting')
  pakasir.faults.clear()
  await shop.advance({ seconds: 91 })
  assert.equal(await statusOf(invoice), 'paid completed')
})

test('check 26: after five minutes without an answer the goods go back on sale', async () => {
  const { invoice } = await pendingOrder()
  pakasir.faults.arm({ kind: 'outage' })
  await shop.advance({ minutes: 10, seconds: 1 })
  for (const seconds of [16, 31, 61, 91]) {
    await shop.advance({ seconds })
    assert.equal(await statusOf(invoice), 'pending awaiting')
  }
  await shop.advance({ seconds: 106 })
  assert.equal(await statusOf(invoice), 'expired expired')
})

test('check 27: money after expiry is credited once, without the fee', async () => {
  const { budi, invoice } = await pendingOrder()
  await shop.advance({ minutes: 10, seconds: 1 })
  assert.equal(await statusOf(invoice), 'expired expired')
  await shop.advance({ minutes: 2 })
  pakasir.pay(invoice, { force: true })
  await shop.drain()
  assert.equal(await statusOf(invoice), 'expired late_completed')
  assert.equal(await balanceOf(budi), '30000.00')
  pakasir.sendWebhook(invoice, { copies: 3 })
  await shop.drain()
  assert.equal(await balanceOf(budi), '30000.00')
  assert.equal(await transfers(`late:${invoice}`), 2)
})

test('money after expiry without any webhook is found by the later polls', async () => {
  const { budi, invoice } = await pendingOrder()
  await shop.advance({ minutes: 10, seconds: 1 })
  pakasir.pay(invoice, { force: true, webhook: { drop: true } })
  await shop.advance({ minutes: 15, seconds: 1 })
  assert.equal(await balanceOf(budi), '30000.00')
})

test('check 28: a cancellation that races with the payment ends paid and delivered, or cancelled and credited', async () => {
  const races = Array.from({ length: 6 }, async (_, i) => {
    const { budi, invoice } = await pendingOrder()
    const pay = async () => pakasir.pay(invoice, { force: true, webhook: { copies: 2 } })
    const cancel = () => shop.post(`/orders/${invoice}/cancel`, { as: budi })
    await Promise.all(i % 2 === 0 ? [pay(), cancel()] : [cancel(), pay()])
    return { budi, invoice }
  })
  const raced = await Promise.all(races)
  await shop.drain()
  for (const { budi, invoice } of raced) {
    const outcome = await statusOf(invoice)
    const credited = await balanceOf(budi)
    const delivered = await messages(invoice, 'deliver')
    const expected = outcome === 'paid completed' ? ['0.00', 1] : ['30000.00', 0]
    assert.ok(['paid completed', 'cancelled late_completed'].includes(outcome), outcome)
    assert.deepEqual([credited, delivered], expected, outcome)
  }
})

test('a cancelled order frees its goods and tells that it is no longer pending', async () => {
  const { budi, invoice, product } = await pendingOrder()
  const { status, body } = await shop.post(`/orders/${invoice}/cancel`, { as: budi })
  assert.deepEqual([status, body.status, body.payment.status], [200, 'cancelled', 'cancelled'])
  assert.equal((await shop.get(`/products/${product}`)).body.stock_count, 5)
  assert.equal(pakasir.status(pakasir.get(invoice)), 'canceled')
  const again = await shop.post(`/orders/${invoice}/cancel`, { as: budi })
  assert.deepEqual([again.status, again.body.code], [409, 'order_not_pending'])
  assert.deepEqual([again.body.status, again.body.order_status], [409, 'cancelled'])
  assert.match(again.body.detail, /is cancelled/)
})

test('cancelling what is already paid settles it instead', async () => {
  const { budi, invoice } = await pendingOrder()
  pakasir.pay(invoice, { webhook: { drop: true } })
  const { status, body } = await shop.post(`/orders/${invoice}/cancel`, { as: budi })
  assert.deepEqual([status, body.code], [409, 'order_already_paid'])
  assert.equal(await statusOf(invoice), 'paid completed')
})

test('check 29: an order whose process died before it called the gateway gets its payment from the job', async () => {
  const { invoice } = await orderWithoutGatewayCall()
  assert.equal(await statusOf(invoice), 'pending creating')
  await shop.advance({ seconds: 16 })
  assert.equal(await statusOf(invoice), 'pending awaiting')
})

test('check 29: where the gateway stays away, the order is cancelled and nothing is stuck', async () => {
  const { invoice, product } = await orderWithoutGatewayCall()
  pakasir.faults.arm({ kind: 'outage' })
  for (const seconds of [16, 2, 5, 11, 31]) await shop.advance({ seconds })
  assert.equal(await statusOf(invoice), 'cancelled failed')
  assert.equal((await shop.get(`/products/${product}`)).body.stock_count, 5)
})

test('check 29: where our calls of this minute are used up, an order waits for its turn and is not given up', async () => {
  const [budi, product] = [await shop.customer(), await shop.product()]
  await shop.advance({ seconds: 61 })
  const others = Array.from({ length: 100 }, (_, n) => ({
    orderId: `OTHER-${n}`,
    amount: wholeMoney('IDR', 500),
  }))
  await Promise.all(others.map((order) => store.pakasir.createQris(order)))
  const { status, body } = await shop.order(budi, product)
  assert.deepEqual([status, body.payment.status], [202, 'creating'])
  for (const seconds of [2, 5, 11]) await shop.advance({ seconds })
  assert.equal(await statusOf(body.invoice), 'pending creating')
  await shop.advance({ seconds: 61 })
  assert.equal(await statusOf(body.invoice), 'pending awaiting')
})

test('check 30: create that times out after its effect is repeated and gives the same QR', async () => {
  const budi = await shop.customer()
  pakasir.faults.arm({ kind: 'timeout_after_effect', endpoint: 'create', times: 1 })
  const { status, body } = await shop.order(budi, await shop.product())
  assert.equal(status, 202)
  const known = pakasir.get(body.invoice).qrString
  await shop.advance({ seconds: 2 })
  const { body: later } = await shop.get(`/orders/${body.invoice}`, { as: budi })
  assert.deepEqual([later.payment.status, later.payment.qr_string], ['awaiting', known])
  assert.equal(pakasir.list().filter(({ orderId }) => orderId === body.invoice).length, 1)
})

test('check 31: a fee one rupiah off is adopted before the QR is shown', async () => {
  pakasir.settings.feeDeviation = 1
  const { status, body } = await shop.order(await shop.customer(), await shop.product())
  assert.deepEqual([status, body.fee, body.total], [201, '521.00', '30521.00'])
  assert.equal(body.payment.total_payment, '30521.00')
})

test('check 31: a fee five rupiah off cancels the order', async () => {
  pakasir.settings.feeDeviation = 5
  const product = await shop.product()
  const budi = await shop.customer()
  const first = await shop.order(budi, product, { key: 'fee' })
  assert.deepEqual([first.status, first.body.code], [502, 'gateway_fee_mismatch'])
  assert.equal((await shop.get(`/products/${product}`)).body.stock_count, 5)
  assert.equal(await statusOf(first.body.invoice), 'cancelled failed')
  const again = await shop.order(budi, product, { key: 'fee' })
  assert.deepEqual([again.status, again.body.code], [502, 'gateway_fee_mismatch'])
})

test('webhooks in any order, delayed, for many orders: each ends paid once', async () => {
  pakasir.webhooks.script = { ...pakasir.webhooks.script, hold: true, copies: 2 }
  const orders = await Promise.all(Array.from({ length: 5 }, () => pendingOrder()))
  for (const { invoice } of orders) pakasir.pay(invoice)
  await pakasir.webhooks.release('reversed')
  await shop.drain()
  for (const { invoice } of orders) {
    assert.equal(await statusOf(invoice), 'paid completed')
    assert.equal(await transfers(`order:${invoice}`), 2)
  }
})

test('a webhook that is not JSON is refused; one about nobody is kept for a person', async () => {
  const path = `/webhooks/pakasir?token=${WEBHOOK_SECRET}`
  const broken = await shop.post(path, { body: '{"order_id":' })
  assert.deepEqual([broken.status, broken.body.code], [400, 'bad_request'])
  const stranger = { amount: 1000, order_id: 'TRX20990101AAAAAA', project: 'shop', status: 'completed' }
  assert.equal((await shop.post(path, { body: stranger })).status, 200)
  await shop.drain()
  assert.equal(await inboxStatus('TRX20990101AAAAAA'), 'unmatched')
})

test('the job of a payment that was lost is put back by the sweep', async () => {
  const { invoice } = await pendingOrder()
  await store.db.run(sql`
    select graphile_worker.remove_job(key) from (values (${`expire:${invoice}`}), (${`poll:${invoice}`})) as k (key)`)
  await shop.advance({ minutes: 11 })
  await until(async () => (await statusOf(invoice)) === 'expired expired')
})

async function pendingOrder(): Promise<{ budi: Customer; invoice: string; product: number }> {
  const budi = await shop.customer()
  const product = await shop.product({ price: 30_000 })
  const { status, body } = await shop.order(budi, product)
  assert.equal(status, 201, JSON.stringify(body))
  return { budi, invoice: body.invoice, product }
}

/** What a process leaves behind that is killed between its commit and its call. */
async function orderWithoutGatewayCall(): Promise<{ invoice: string; product: number }> {
  const budi = await shop.customer()
  const product = await shop.product()
  const items = sql.json([{ product_id: product, quantity: 1 }])
  const { invoice } = await inTransaction(store.db, systemCaller, (tx) =>
    tx.one<{ invoice: string }>(
      sql`select place_order(${budi.id}, ${items}, 'qris') ->> 'invoice_id' as invoice`,
    ),
  )
  return { invoice, product }
}

async function statusOf(invoice: string): Promise<string> {
  const row = await store.db.one<{ status: string }>(sql`
    select o.status || ' ' || p.status as status
      from orders o join payments p on p.order_id = o.id where o.invoice_id = ${invoice}`)
  return row.status
}

async function transfers(reference: string): Promise<number> {
  const row = await store.db.one<{ n: number }>(
    sql`select count(*)::int as n from ledger.transfer where reference = ${reference}`,
  )
  return row.n
}

async function messages(invoice: string, kind: string): Promise<number> {
  const row = await store.db.one<{ n: number }>(sql`
    select count(*)::int as n from telegram_outbox where ref_id = ${invoice} and payload ->> 'kind' = ${kind}`)
  return row.n
}

async function balanceOf(person: Customer): Promise<string> {
  const row = await store.db.one<{ balance: string }>(
    sql`select account_balance as balance from users where id = ${person.id}`,
  )
  return row.balance
}

async function deliveries(invoice: string): Promise<number> {
  const row = await store.db.one<{ n: number }>(sql`
    select count(*)::int as n from niaga.inbox
      where source = 'pakasir' and convert_from(body, 'UTF8') like ${`%${invoice}%`}`)
  return row.n
}

async function inboxStatus(invoice: string): Promise<string | undefined> {
  const row = await store.db.maybeOne<{ status: string }>(sql`
    select status from niaga.inbox
      where source = 'pakasir' and convert_from(body, 'UTF8') like ${`%${invoice}%`} order by id desc limit 1`)
  return row?.status
}
