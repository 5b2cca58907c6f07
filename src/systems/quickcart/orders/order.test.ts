import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openShop } from '../../../../test/quickcart-shop.ts'
import { sql } from '../../../postgres/sql.ts'

const shop = await openShop()
const { store } = shop

test('check 1: a QRIS quote adds the exact fee', async () => {
  const budi = await shop.customer()
  const expected = [
    [30_000, '520.00', '30520.00'],
    [99_000, '1003.00', '100003.00'],
    [12_345, '396.00', '12741.00'],
    [9_999, '379.00', '10378.00'],
    [10_000, '380.00', '10380.00'],
    [7_805, '364.00', '8169.00'],
  ] as const
  for (const [price, fee, total] of expected) {
    const { status, body } = await quote(budi, await shop.product({ price }), 'qris')
    assert.deepEqual([status, body.fee, body.total], [200, fee, total], `base ${price}`)
  }
})

test('check 3: paying from the balance costs no fee', async () => {
  const budi = await shop.customer({ balance: '50000' })
  const product = await shop.product({ price: 30_000 })
  const { body } = await quote(budi, product, 'account_balance')
  assert.deepEqual([body.fee, body.total], ['0.00', '30000.00'])
  const paid = await shop.order(budi, product, { method: 'account_balance' })
  assert.deepEqual([paid.status, paid.body.fee, paid.body.status], [201, '0.00', 'paid'])
  assert.equal(await balanceOf(budi.id), '20000.00')
})

test('check 4: fifty checkouts of one person at once make one order', async () => {
  const budi = await shop.customer()
  const product = await shop.product({ stock: 60 })
  const answers = await Promise.all(Array.from({ length: 50 }, () => shop.order(budi, product)))
  const made = answers.filter(({ status }) => status === 201 || status === 202)
  const refused = answers.filter(({ status, body }) => status === 409 && body.code === 'pending_order_exists')
  assert.deepEqual([made.length, refused.length], [1, 49])
  assert.deepEqual([...new Set(refused.map(({ body }) => body.invoice))], [made[0]?.body.invoice])
  const { pending } = await store.db.one<{ pending: number }>(
    sql`select count(*)::int as pending from orders where user_id = ${budi.id} and status = 'pending'`,
  )
  assert.equal(pending, 1)
})

test('check 5: twenty buyers, five items: five orders and no item twice', async () => {
  const product = await shop.product({ stock: 5 })
  const buyers = await Promise.all(Array.from({ length: 20 }, () => shop.customer()))
  const answers = await Promise.all(buyers.map((buyer) => shop.order(buyer, product)))
  const made = answers.filter(({ status }) => status === 201 || status === 202)
  const short = answers.filter(({ status, body }) => status === 409 && body.code === 'out_of_stock')
  assert.deepEqual([made.length, short.length], [5, 15])
  assert.ok(short.every(({ body }) => body.product_id === product && body.requested === 1))
  const { items, distinct } = await store.db.one<{ items: number; distinct: number }>(sql`
    select count(*)::int as items, count(distinct stock_id)::int as distinct
      from order_items where product_id = ${product}`)
  assert.deepEqual([items, distinct], [5, 5])
})

test('check 6: the same key is the same order; with another body it is refused', async () => {
  const budi = await shop.customer()
  const product = await shop.product()
  const first = await shop.order(budi, product, { key: 'once' })
  const again = await shop.order(budi, product, { key: 'once' })
  assert.deepEqual([again.status, again.body.invoice], [201, first.body.invoice])
  const other = await shop.order(budi, product, { key: 'once', quantity: 2 })
  assert.deepEqual([other.status, other.body.code], [409, 'idempotency_conflict'])
  const { orders } = await store.db.one<{ orders: number }>(
    sql`select count(*)::int as orders from orders where user_id = ${budi.id}`,
  )
  assert.equal(orders, 1)
})

test("check 8: the document's query finds the pending order and stops finding it once paid", async () => {
  const budi = await shop.customer()
  const { body } = await shop.order(budi, await shop.product())
  const pending = async () => {
    const query = `SELECT COUNT(*) FROM orders\nWHERE user_id = $1 AND status = 'pending';`
    return Number((await store.db.pool.query(query, [budi.id])).rows[0].count)
  }
  assert.equal(await pending(), 1)
  shop.pakasir.pay(body.invoice)
  await shop.drain()
  assert.equal(await pending(), 0)
})

test('check 14: one rupiah short changes nothing', async () => {
  const budi = await shop.customer({ balance: '29999' })
  const product = await shop.product({ price: 30_000, stock: 1 })
  const before = await ledgerTransfers()
  const answer = await shop.order(budi, product, { method: 'account_balance' })
  assert.deepEqual([answer.status, answer.body.code], [409, 'insufficient_balance'])
  assert.deepEqual([answer.body.balance, answer.body.required], ['29999.00', '30000.00'])
  assert.equal(await ledgerTransfers(), before)
  assert.equal(await balanceOf(budi.id), '29999.00')
  const { orders, free } = await store.db.one<{ orders: number; free: number }>(sql`
    select (select count(*) from orders where user_id = ${budi.id})::int as orders,
      (select count(*) from product_stocks where product_id = ${product} and order_id is null)::int as free`)
  assert.deepEqual([orders, free], [0, 1])
})

test('check 14: a voucher of a refused order stays free', async () => {
  const budi = await shop.customer({ balance: '1' })
  await voucher('TESTFREE', 10_000)
  const product = await shop.product({ price: 30_000 })
  const answer = await shop.order(budi, product, { method: 'account_balance', voucher: 'TESTFREE' })
  assert.deepEqual([answer.status, answer.body.code], [409, 'insufficient_balance'])
  const { order_id } = await store.db.one<{ order_id: number | null }>(
    sql`select order_id from vouchers where code = 'TESTFREE'`,
  )
  assert.equal(order_id, null)
})

test('check 15: two balance orders, each affordable alone: one is paid', async () => {
  const budi = await shop.customer({ balance: '50000' })
  const product = await shop.product({ price: 30_000 })
  const answers = await Promise.all(
    [1, 2].map(() => shop.order(budi, product, { method: 'account_balance' })),
  )
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [201, 409])
  assert.equal(answers.find(({ status }) => status === 409)?.body.code, 'insufficient_balance')
  assert.equal(await balanceOf(budi.id), '20000.00')
})

test('check 16: a double tap on one summary pays once', async () => {
  const budi = await shop.customer({ balance: '90000' })
  const product = await shop.product({ price: 30_000 })
  const tap = () => shop.order(budi, product, { method: 'account_balance', key: `tg:${budi.id}:77` })
  const taps = await Promise.all([tap(), tap(), tap()])
  for (const { status, body } of taps) {
    assert.ok(status === 201 || body.code === 'idempotency_in_flight', JSON.stringify(body))
  }
  assert.equal(await balanceOf(budi.id), '60000.00')
})

test('check 17: a QRIS order is paid and its goods arrive in the chat once', async () => {
  const [budi, admin] = [await shop.customer(), await shop.customer({ role: 'admin' })]
  shop.telegram.sendText(budi.id, '/start')
  shop.telegram.sendText(admin.id, '/start')
  await shop.telegram.waitFor(budi.id, (chat) => chat.messages.some((message) => message.from.is_bot))
  const product = await shop.product({ price: 30_000 })
  const placed = await shop.order(budi, product)
  assert.deepEqual(
    [placed.status, placed.body.total, placed.body.payment.status],
    [201, '30520.00', 'awaiting'],
  )
  assert.match(placed.body.payment.qr_string, /^000201/)
  const { invoice } = placed.body
  await shop.telegram.waitFor(budi.id, (chat) => chat.messages.some(({ photo }) => photo !== undefined))

  shop.pakasir.pay(invoice)
  const goods = `KEY-${product}-1`
  await shop.telegram.waitFor(budi.id, (chat) => says(chat.messages, goods) > 0)
  await shop.drain()

  const { body } = await shop.get(`/orders/${invoice}`, { as: budi })
  assert.deepEqual([body.status, body.payment.status], ['paid', 'completed'])
  assert.equal(body.payment.qr_string, null)
  assert.deepEqual(body.items[0].contents, [goods])
  assert.equal(says(shop.telegram.chat(budi.id).messages, goods), 1)
  assert.ok(says(shop.telegram.chat(admin.id).messages, invoice) > 0, 'the admin is told')
  const card = await shop.get(`/products/${product}`)
  assert.equal(card.body.sold_count, 1)
  assert.equal(card.body.stock_count, 4)
  assert.deepEqual(await transfersOf(`order:${invoice}`), [
    ['gateway.pakasir', 'gateway.fees', 52_000n],
    ['gateway.pakasir', 'sales', 3_000_000n],
  ])
})

test('check 36: a voucher over the price pays a balance order whole, and no QRIS order', async () => {
  const budi = await shop.customer()
  const product = await shop.product({ price: 10_000 })
  await voucher('TESTFULL', 15_000)
  const qris = await shop.order(budi, product, { voucher: 'TESTFULL' })
  assert.deepEqual([qris.status, qris.body.code], [422, 'amount_out_of_range'])
  const paid = await shop.order(budi, product, { method: 'account_balance', voucher: 'TESTFULL' })
  assert.deepEqual([paid.status, paid.body.status, paid.body.total], [201, 'paid', '0.00'])
  assert.equal(paid.body.voucher_discount, '10000.00')
})

test('check 33: the voucher of an expired order is usable again at once, and no pause begins', async () => {
  const budi = await shop.customer()
  const product = await shop.product({ price: 50_000 })
  await voucher('TESTBACK', 10_000)
  const order = await shop.order(budi, product, { voucher: 'TESTBACK' })
  assert.deepEqual(
    [order.body.voucher_discount, order.body.fee, order.body.total],
    ['10000.00', '590.00', '40590.00'],
  )
  const code = { as: budi, body: { code: 'testback' } }
  assert.equal((await shop.post('/vouchers/validate', code)).body.code, 'voucher_invalid')
  await shop.advance({ minutes: 10, seconds: 1 })
  assert.equal(
    (await shop.post('/vouchers/validate', { as: await again(budi), body: code.body })).body.amount,
    '10000.00',
  )
})

test('check 34: after a voucher the next one waits five minutes to the second', async () => {
  const budi = await shop.customer({ balance: '100000' })
  const product = await shop.product({ price: 20_000 })
  await voucher('TESTONE1', 5_000)
  await voucher('TESTTWO2', 5_000)
  const first = await shop.order(budi, product, { method: 'account_balance', voucher: 'TESTONE1' })
  assert.equal(first.body.total, '15000.00')
  await shop.advance({ minutes: 4, seconds: 30 })
  const early = await shop.order(budi, product, { method: 'account_balance', voucher: 'TESTTWO2' })
  assert.deepEqual([early.status, early.body.code], [409, 'voucher_cooldown'])
  assert.ok(early.body.retry_after <= 30, String(early.body.retry_after))
  await shop.advance({ seconds: early.body.retry_after })
  const later = await shop.order(budi, product, { method: 'account_balance', voucher: 'TESTTWO2' })
  assert.equal(later.status, 201)
})

test('check 35: two people, one code at once: one has it', async () => {
  const [budi, ani] = [await shop.customer(), await shop.customer()]
  const product = await shop.product({ price: 20_000 })
  await voucher('TESTRACE', 5_000)
  const answers = await Promise.all(
    [budi, ani].map((person) => shop.order(person, product, { voucher: 'TESTRACE' })),
  )
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [201, 422])
  assert.equal(answers.find(({ status }) => status === 422)?.body.code, 'voucher_invalid')
})

test('a total other than the shown one is refused with the new quote', async () => {
  const budi = await shop.customer()
  const product = await shop.product({ price: 30_000 })
  const answer = await shop.post('/orders', {
    as: budi,
    key: 'shown',
    body: {
      items: [{ product_id: product, quantity: 1 }],
      payment_method: 'qris',
      expected_total: '29000',
    },
  })
  assert.deepEqual(
    [answer.status, answer.body.code, answer.body.total_bill],
    [409, 'price_changed', '30520.00'],
  )
})

test("somebody else's order is not there, for reading, checking and cancelling", async () => {
  const [budi, eve] = [await shop.customer(), await shop.customer({ name: 'Eve' })]
  const { body } = await shop.order(budi, await shop.product())
  for (const [method, path] of [
    ['GET', `/orders/${body.invoice}`],
    ['POST', `/orders/${body.invoice}/check`],
    ['POST', `/orders/${body.invoice}/cancel`],
  ] as const) {
    const answer = await shop.call(method, path, { as: eve })
    assert.deepEqual([answer.status, answer.body.code], [404, 'order_not_found'], path)
  }
})

test('twenty balance orders of one person at once: five are made, the others wait', async () => {
  const budi = await shop.customer({ balance: '100000' })
  const product = await shop.product({ price: 1_000, stock: 20 })
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => shop.order(budi, product, { method: 'account_balance' })),
  )
  const made = answers.filter(({ status }) => status === 201)
  assert.equal(made.length, 5)
  for (const { status, body } of answers) if (status !== 201) assert.equal(body.code, 'rate_limited')
})

test('six orders in a minute: the sixth waits, and a repeated request is still answered', async () => {
  const budi = await shop.customer({ balance: '100000' })
  const product = await shop.product({ price: 1_000, stock: 10 })
  for (let i = 0; i < 5; i++) {
    const { status } = await shop.order(budi, product, { method: 'account_balance', key: `n${i}` })
    assert.equal(status, 201)
  }
  const sixth = await shop.order(budi, product, { method: 'account_balance', key: 'n5' })
  assert.deepEqual([sixth.status, sixth.body.code], [429, 'rate_limited'])
  assert.ok(Number(sixth.headers.get('retry-after')) <= 60)
  assert.equal((await shop.order(budi, product, { method: 'account_balance', key: 'n6' })).status, 429)
  await shop.auditArrives()
  const events = await store.audits.many(sql`
    select context ->> 'limited' as limited from audit_logs
      where action = 'rate_limit_exceeded' and subject_id = ${budi.id}`)
  assert.deepEqual(events, [{ limited: 'order' }], 'one event however many were refused')
  const repeated = await shop.order(budi, product, { method: 'account_balance', key: 'n4' })
  assert.equal(repeated.status, 201)
  await shop.advance({ seconds: 61 })
  assert.equal((await shop.order(budi, product, { method: 'account_balance', key: 'n5' })).status, 201)
})

/** Access tokens last fifteen minutes; those who stay longer sign in again. */
async function again(person: { id: number }): Promise<{ id: number; token: string }> {
  const { body } = await shop.post('/auth/telegram', {
    body: { init_data: shop.telegram.initData(person.id) },
  })
  return { id: person.id, token: body.access_token }
}

function quote(as: { id: number; token: string }, product: number, method: string) {
  return shop.post('/orders/quote', {
    as,
    body: { items: [{ product_id: product, quantity: 1 }], payment_method: method },
  })
}

async function voucher(code: string, amount: number): Promise<void> {
  const admin = await shop.customer({ role: 'admin' })
  await shop.owner.db.run(sql`
    insert into vouchers (code, amount, created_by, expires_at)
      values (${code}, ${amount}, ${admin.id}, ${shop.clock.now()}::timestamptz + interval '30 days')`)
}

async function balanceOf(id: number): Promise<string> {
  const row = await store.db.one<{ balance: string }>(
    sql`select account_balance as balance from users where id = ${id}`,
  )
  return row.balance
}

async function ledgerTransfers(): Promise<bigint> {
  return (await store.db.one<{ n: bigint }>(sql`select count(*) as n from ledger.transfer`)).n
}

async function transfersOf(reference: string) {
  const rows = await store.db.many<{ from: string; to: string; amount: bigint }>(sql`
    select d.name as from, c.name as to, t.amount
      from ledger.transfer t join ledger.account d on d.id = t.debit join ledger.account c on c.id = t.credit
      where t.reference = ${reference} order by 2`)
  return rows.map(({ from, to, amount }) => [from, to, amount])
}

function says(messages: readonly { text?: string; caption?: string }[], words: string): number {
  return messages.filter(({ text = '', caption = '' }) => `${text}${caption}`.includes(words)).length
}
