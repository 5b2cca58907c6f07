import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../../../test/database.ts'
import { sql } from '../../../postgres/sql.ts'
import { storeDatabase } from '../databases.ts'
import { addProduct, addUser, addVoucher, balanceOf, outcomes, placeOrder, refusal } from './fixtures.ts'

const { db } = await testDatabase(storeDatabase)

async function stockOf(product: number): Promise<{ available: bigint; reserved: bigint; sold: bigint }> {
  return await db.one(sql`
    select count(*) filter (where order_id is null) as available,
        count(*) filter (where order_id is not null and not is_sold) as reserved,
        count(*) filter (where is_sold) as sold
      from product_stocks where product_id = ${product}`)
}

test('a QRIS order reserves goods, opens a payment, schedules its creation and its end, and moves no money', async () => {
  const product = await addProduct(db, { price: '30000', stock: 2 })
  const user = await addUser(db)
  const order = await placeOrder(db, { user, items: [{ product, quantity: 1 }] })
  assert.match(order.invoice_id, /^TRX\d{8}[A-Z0-9]{6}$/)
  assert.deepEqual(
    [order.subtotal, order.payment_fee, order.total_bill, order.status, order.payment?.status],
    ['30000.00', '520.00', '30520.00', 'pending', 'creating'],
  )
  assert.deepEqual(await stockOf(product), { available: 1n, reserved: 1n, sold: 0n })
  const jobs = await db.many<{ task: string; key: string }>(sql`
    select task_identifier as task, key from graphile_worker.jobs where key like ${`%:${order.invoice_id}`} order by 1`)
  assert.deepEqual(jobs, [
    { task: 'quickcart.gateway_create', key: `create:${order.invoice_id}` },
    { task: 'quickcart.payment_expire', key: `expire:${order.invoice_id}` },
  ])
})

test('check 3: an order from the balance carries no fee, is paid at once and sends its goods once', async () => {
  const product = await addProduct(db, { price: '12500.50', stock: 2 })
  const user = await addUser(db, { balance: '30000' })
  const order = await placeOrder(db, { user, items: [{ product, quantity: 2 }], method: 'account_balance' })
  assert.deepEqual(
    [order.payment_fee, order.total_bill, order.status, order.payment],
    ['0.00', '25001.00', 'paid', null],
  )
  assert.equal(await balanceOf(db, user), '4999.00')
  assert.deepEqual(await stockOf(product), { available: 0n, reserved: 0n, sold: 2n })
  assert.deepEqual(await db.one(sql`select sold_count from products where id = ${product}`), {
    sold_count: 2,
  })
  const messages = await db.many(sql`
    select chat_id, payload, priority from telegram_outbox where dedupe_key = ${`deliver:${order.invoice_id}`}`)
  assert.deepEqual(messages, [
    { chat_id: user, payload: { kind: 'deliver', invoice: order.invoice_id }, priority: 1 },
  ])
})

test('check 2: a voucher of 10000 on 50000 by QRIS: discount 10000, fee 590, total 40590', async () => {
  const product = await addProduct(db, { price: '50000', stock: 1 })
  await addVoucher(db, 'TENTHOUS', '10000')
  const user = await addUser(db)
  const order = await placeOrder(db, { user, items: [{ product, quantity: 1 }], voucher: 'tenthous' })
  assert.deepEqual(
    [order.voucher_discount, order.payment_fee, order.total_bill],
    ['10000.00', '590.00', '40590.00'],
  )
})

test('check 4: fifty orders of one person at once: one is placed, the others name it', async () => {
  const product = await addProduct(db, { stock: 60 })
  const user = await addUser(db)
  const { done, codes } = await outcomes(
    Array.from({ length: 50 }, () => placeOrder(db, { user, items: [{ product, quantity: 1 }] })),
  )
  assert.equal(done.length, 1)
  assert.deepEqual(new Set(codes), new Set(['pending_order_exists']))
  const { details } = await refusal(placeOrder(db, { user, items: [{ product, quantity: 1 }] }))
  assert.equal(details.invoice, done[0]?.invoice_id)
  assert.deepEqual(await stockOf(product), { available: 59n, reserved: 1n, sold: 0n })
})

test('check 5: twenty buyers, five goods: five orders, fifteen out_of_stock, no good twice', async () => {
  const product = await addProduct(db, { stock: 5 })
  const users = await Promise.all(Array.from({ length: 20 }, () => addUser(db)))
  const { done, codes } = await outcomes(
    users.map((user) => placeOrder(db, { user, items: [{ product, quantity: 1 }] })),
  )
  assert.equal(done.length, 5)
  assert.deepEqual(codes, Array(15).fill('out_of_stock'))
  assert.deepEqual(await stockOf(product), { available: 0n, reserved: 5n, sold: 0n })
  const { goods } = await db.one<{ goods: bigint }>(
    sql`select count(distinct stock_id) as goods from order_items where product_id = ${product}`,
  )
  assert.equal(goods, 5n)
})

test('two products ordered crosswise by forty people: nobody deadlocks, everybody is served', async () => {
  const [a, b] = [await addProduct(db, { stock: 40 }), await addProduct(db, { stock: 40 })]
  const users = await Promise.all(Array.from({ length: 40 }, () => addUser(db, { balance: '20000' })))
  const { done, codes } = await outcomes(
    users.map((user, i) => {
      const [first, second] = i % 2 ? [a, b] : [b, a]
      const items = [
        { product: first, quantity: 1 },
        { product: second, quantity: 1 },
      ]
      return placeOrder(db, { user, items, method: 'account_balance' })
    }),
  )
  assert.deepEqual([done.length, codes], [40, []])
  assert.deepEqual(await stockOf(a), { available: 0n, reserved: 0n, sold: 40n })
})

test('check 14: one rupiah short: refused, and nothing has changed', async () => {
  const product = await addProduct(db, { price: '10000', stock: 1 })
  await addVoucher(db, 'SHORT001', '1000')
  const user = await addUser(db, { balance: '8999' })
  const before = await ledgerTransfers()
  const { code, details } = await refusal(
    placeOrder(db, {
      user,
      items: [{ product, quantity: 1 }],
      method: 'account_balance',
      voucher: 'SHORT001',
    }),
  )
  assert.deepEqual([code, details.required, details.balance], ['insufficient_balance', '9000.00', '8999.00'])
  assert.equal(await db.maybeOne(sql`select from orders where user_id = ${user}`), undefined)
  assert.deepEqual(await stockOf(product), { available: 1n, reserved: 0n, sold: 0n })
  assert.deepEqual(await db.one(sql`select order_id, is_used from vouchers where code = 'SHORT001'`), {
    order_id: null,
    is_used: false,
  })
  assert.equal(await ledgerTransfers(), before)
})

test('check 15: two orders that the balance covers one by one but not together: one is paid', async () => {
  const product = await addProduct(db, { price: '6000', stock: 2 })
  const user = await addUser(db, { balance: '10000' })
  const order = () => placeOrder(db, { user, items: [{ product, quantity: 1 }], method: 'account_balance' })
  const { done, codes } = await outcomes([order(), order()])
  assert.deepEqual([done.length, codes], [1, ['insufficient_balance']])
  assert.equal(await balanceOf(db, user), '4000.00')
})

test('check 36: a voucher over the subtotal: free from the balance, refused by QRIS', async () => {
  const product = await addProduct(db, { price: '5000', stock: 2 })
  await addVoucher(db, 'ALLFREE1', '7000')
  const user = await addUser(db)
  const items = [{ product, quantity: 1 }]
  const { code } = await refusal(placeOrder(db, { user, items, voucher: 'ALLFREE1' }))
  assert.equal(code, 'amount_out_of_range')
  const order = await placeOrder(db, { user, items, voucher: 'ALLFREE1', method: 'account_balance' })
  assert.deepEqual([order.voucher_discount, order.total_bill, order.status], ['5000.00', '0.00', 'paid'])
})

test('a price that changed since it was shown is refused with the new quote', async () => {
  const product = await addProduct(db, { price: '10000', stock: 1 })
  const user = await addUser(db)
  const order = { user, items: [{ product, quantity: 1 }], expectedTotal: '9000.00' }
  const { code, details } = await refusal(placeOrder(db, order))
  assert.deepEqual([code, details.total, details.base], ['price_changed', '10380.00', '10000.00'])
  await placeOrder(db, { ...order, expectedTotal: '10380' })
})

test('what cannot be ordered is named: too many, inactive, unknown, nothing, below the smallest QRIS amount', async () => {
  const user = await addUser(db)
  const product = await addProduct(db, { price: '499', stock: 3 })
  const codeOf = async (quantity: number, id = product) =>
    await refusal(placeOrder(db, { user, items: [{ product: id, quantity }] }))
  assert.deepEqual(await codeOf(4), {
    code: 'out_of_stock',
    details: { product_id: product, requested: 4, available: 3 },
  })
  assert.deepEqual(await codeOf(1, 99_999), { code: 'product_not_found', details: { product_id: 99_999 } })
  assert.equal((await codeOf(0)).code, 'validation_failed')
  assert.equal((await codeOf(101)).code, 'validation_failed')
  assert.equal((await refusal(placeOrder(db, { user, items: [] }))).code, 'validation_failed')
  assert.deepEqual((await codeOf(1)).details, { amount: '499.00', min: '500.00', max: '10000000.00' })
  await db.run(sql`update products set customer_price = 1000.50 where id = ${product}`)
  assert.equal((await codeOf(1)).code, 'amount_not_whole')
  await db.run(sql`update products set is_active = false where id = ${product}`)
  assert.equal((await codeOf(1)).code, 'product_inactive')
  await db.run(sql`update users set is_banned = true where id = ${user}`)
  assert.equal((await codeOf(1)).code, 'banned')
})

test('ten products and a hundred units are one order', async () => {
  const products = []
  for (let i = 0; i < 10; i++) products.push(await addProduct(db, { price: '1000', stock: 10 }))
  const user = await addUser(db, { balance: '100000' })
  const order = await placeOrder(db, {
    user,
    items: products.map((product) => ({ product, quantity: 10 })),
    method: 'account_balance',
  })
  assert.deepEqual([order.total_bill, await balanceOf(db, user)], ['100000.00', '0.00'])
})

test('goods are sold in the order they were loaded', async () => {
  const product = await addProduct(db, { stock: 3 })
  const user = await addUser(db, { balance: '20000' })
  await placeOrder(db, { user, items: [{ product, quantity: 2 }], method: 'account_balance' })
  const sold = await db.many<{ content: string }>(
    sql`select content from product_stocks where product_id = ${product} and is_sold order by content`,
  )
  assert.deepEqual(
    sold.map((row) => row.content),
    [`${product}-1`, `${product}-2`],
  )
})

async function ledgerTransfers(): Promise<bigint> {
  return (await db.one<{ n: bigint }>(sql`select count(*) as n from ledger.transfer`)).n
}
