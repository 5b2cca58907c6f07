import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../../../test/database.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { SandboxClock } from '../../../kernel/clock.ts'
import type { Db } from '../../../postgres/database.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { storeDatabase } from '../databases.ts'
import { addProduct, addUser, placeOrder, refusal } from './fixtures.ts'

const clock = new SandboxClock()
const { db } = await testDatabase(storeDatabase, clock)

let invoices = 0

/** An order by plain SQL, as a person with psql would write it. */
async function insertOrder(
  on: Db,
  user: bigint,
  {
    status = 'pending',
    subtotal = '100',
    total = subtotal,
  }: { status?: string; subtotal?: string; total?: string } = {},
): Promise<number> {
  const { id } = await on.one<{ id: number }>(sql`
    insert into orders (invoice_id, user_id, subtotal, total_bill, payment_method, status)
      values (${`TRX-${++invoices}`}, ${user}, ${subtotal}, ${total}, 'qris', ${status}) returning id`)
  return id
}

async function insertItem(on: Db, order: number, product: number, price: string): Promise<string> {
  const { id } = await on.one<{ id: string }>(
    sql`insert into product_stocks (product_id, content, order_id) values (${product}, 'key', ${order}) returning id`,
  )
  await on.run(sql`
    insert into order_items (order_id, product_id, stock_id, price_per_unit)
      values (${order}, ${product}, ${id}, ${price})`)
  return id
}

test('check 7: a second pending order of one person is refused by the index itself', async () => {
  const user = await addUser(db)
  await insertOrder(db, user)
  assert.equal((await refusal(insertOrder(db, user))).code, 'pending_order_exists')
  const other = await addUser(db)
  await insertOrder(db, other)
})

test("check 8: the document's check query counts 1 while pending and 0 once paid", async () => {
  const user = await addUser(db)
  const product = await addProduct(db)
  const order = await insertOrder(db, user)
  const query = sql`
    SELECT COUNT(*) FROM orders
    WHERE user_id = ${user} AND status = 'pending';`
  assert.deepEqual(await db.one(query), { count: 1n })
  await inTransaction(db, systemCaller, async (tx) => {
    await insertItem(tx, order, product, '100')
    await tx.run(sql`update orders set status = 'paid' where id = ${order}`)
  })
  assert.deepEqual(await db.one(query), { count: 0n })
})

test('check 9: a total that is not subtotal − discount + fee is refused', async () => {
  const user = await addUser(db)
  const { code } = await refusal(insertOrder(db, user, { subtotal: '100', total: '99' }))
  assert.match(code, /^orders_check/)
})

test('check 10: items summing to 90 under subtotal 100: COMMIT fails order_total_mismatch', async () => {
  const user = await addUser(db)
  const product = await addProduct(db)
  const { code, details } = await refusal(
    inTransaction(db, systemCaller, async (tx) => {
      const order = await insertOrder(tx, user)
      await insertItem(tx, order, product, '40')
      await insertItem(tx, order, product, '50')
    }),
  )
  assert.equal(code, 'order_total_mismatch')
  assert.equal(details.sum, '90.00')
})

test('check 10: a paid order without items: COMMIT fails order_total_mismatch', async () => {
  const user = await addUser(db)
  const attempt = inTransaction(db, systemCaller, (tx) => insertOrder(tx, user, { status: 'paid' }))
  assert.equal((await refusal(attempt)).code, 'order_total_mismatch')
})

test('check 11: a final status never changes again', async () => {
  const product = await addProduct(db)
  for (const [from, to] of [
    ['paid', 'pending'],
    ['paid', 'cancelled'],
    ['expired', 'paid'],
    ['cancelled', 'pending'],
  ] as const) {
    const user = await addUser(db)
    const order = await inTransaction(db, systemCaller, async (tx) => {
      const id = await insertOrder(tx, user)
      await insertItem(tx, id, product, '100')
      await tx.run(sql`update orders set status = ${from} where id = ${id}`)
      return id
    })
    const { code, details } = await refusal(db.run(sql`update orders set status = ${to} where id = ${order}`))
    assert.deepEqual([code, details.from, details.to], ['illegal_transition', from, to])
  }
})

test('check 12: a sold good stays sold and with its order', async () => {
  const product = await addProduct(db)
  const order = await insertOrder(db, await addUser(db))
  const other = await insertOrder(db, await addUser(db))
  const stock = await inTransaction(db, systemCaller, (tx) => insertItem(tx, order, product, '100'))
  await db.run(sql`update product_stocks set is_sold = true where id = ${stock}`)
  for (const change of [
    sql`update product_stocks set order_id = ${other} where id = ${stock}`,
    sql`update product_stocks set is_sold = false where id = ${stock}`,
    sql`update product_stocks set order_id = null, is_sold = false where id = ${stock}`,
  ]) {
    assert.equal((await refusal(db.run(change))).code, 'illegal_transition')
  }
})

test('check 12: a reserved good never goes straight to another order', async () => {
  const product = await addProduct(db)
  const order = await insertOrder(db, await addUser(db))
  const other = await insertOrder(db, await addUser(db))
  const stock = await inTransaction(db, systemCaller, (tx) => insertItem(tx, order, product, '100'))
  const moved = db.run(sql`update product_stocks set order_id = ${other} where id = ${stock}`)
  assert.equal((await refusal(moved)).code, 'illegal_transition')
  const taken = db.run(sql`update product_stocks set order_id = ${other}, is_sold = true where id = ${stock}`)
  assert.equal((await refusal(taken)).code, 'illegal_transition')
  const { code } = await refusal(
    db.run(sql`insert into product_stocks (product_id, content, is_sold) values (${product}, 'x', true)`),
  )
  assert.match(code, /^product_stocks_check/)
})

test('what the customer agreed to does not change; the fee may, while the order is pending', async () => {
  const user = await addUser(db)
  const order = await insertOrder(db, user)
  for (const change of [
    sql`update orders set subtotal = 200, total_bill = 200 where id = ${order}`,
    sql`update orders set invoice_id = 'TRX-other' where id = ${order}`,
    sql`update orders set payment_method = 'account_balance' where id = ${order}`,
  ]) {
    assert.equal((await refusal(db.run(change))).code, 'immutable_column')
  }
  await db.run(sql`update orders set payment_fee = 1, total_bill = 101 where id = ${order}`)
  await db.run(sql`update orders set status = 'cancelled' where id = ${order}`)
  const late = db.run(sql`update orders set payment_fee = 2, total_bill = 102 where id = ${order}`)
  assert.equal((await refusal(late)).code, 'immutable_column')
})

test('an item joins pending orders only, and nothing of it changes but its release', async () => {
  const product = await addProduct(db, { stock: 1 })
  const order = await placeOrder(db, { user: await addUser(db), items: [{ product, quantity: 1 }] })
  const priced = db.run(sql`update order_items set price_per_unit = 1 where order_id = ${order.id}`)
  assert.equal((await refusal(priced)).code, 'immutable_column')
  await db.run(sql`update orders set status = 'cancelled' where id = ${order.id}`)
  const added = inTransaction(db, systemCaller, (tx) => insertItem(tx, order.id, product, '1'))
  assert.equal((await refusal(added)).code, 'order_not_pending')
  assert.equal(await db.run(sql`update order_items set released_at = now() where order_id = ${order.id}`), 1)
})

test('history is imported as it ended: a paid order with its items, in one transaction', async () => {
  const product = await addProduct(db)
  const user = await addUser(db)
  const order = await inTransaction(db, systemCaller, async (tx) => {
    const id = await insertOrder(tx, user, { status: 'paid' })
    await insertItem(tx, id, product, '100')
    return id
  })
  const later = inTransaction(db, systemCaller, (tx) => insertItem(tx, order, product, '0'))
  assert.equal((await refusal(later)).code, 'order_not_pending')
})

test('check 40: a renumbered product takes its goods and past orders along', async () => {
  const product = await addProduct(db, { stock: 3 })
  const user = await addUser(db, { balance: '50000' })
  const order = await placeOrder(db, { user, items: [{ product, quantity: 2 }], method: 'account_balance' })
  await db.run(sql`update products set id = 70001 where id = ${product}`)
  assert.deepEqual(
    await db.one(sql`
      select (select count(*) from product_stocks where product_id = 70001) as goods,
        (select count(*) from order_items where product_id = 70001 and order_id = ${order.id}) as items`),
    { goods: 3n, items: 2n },
  )
  const moved = db.run(
    sql`update order_items set product_id = ${await addProduct(db)} where order_id = ${order.id}`,
  )
  assert.equal((await refusal(moved)).code, 'immutable_column')
})

test('check 58: a paid order, its items, its goods and its payment stay for seven years', async () => {
  const product = await addProduct(db, { stock: 1 })
  const user = await addUser(db, { balance: '50000' })
  const { id } = await placeOrder(db, { user, items: [{ product, quantity: 1 }], method: 'account_balance' })
  const removals = [
    sql`delete from order_items where order_id = ${id}`,
    sql`delete from product_stocks where order_id = ${id}`,
    sql`delete from orders where id = ${id}`,
  ]
  const removeAll = () =>
    inTransaction(db, systemCaller, async (tx) => {
      for (const removal of removals) await tx.run(removal)
    })
  for (const removal of removals)
    assert.equal((await refusal(db.run(removal))).code, 'financial_record_retained')
  // 7 years and a few leap days, to the instant.
  const paid = clock.now()
  const days = Math.round(
    (new Date(paid).setUTCFullYear(paid.getUTCFullYear() + 7) - paid.getTime()) / 86_400_000,
  )
  clock.advance({ days: days - 1 })
  assert.equal((await refusal(removeAll())).code, 'financial_record_retained')
  clock.advance({ days: 2 })
  await removeAll()
  assert.equal(await db.maybeOne(sql`select from orders where id = ${id}`), undefined)
})

test('not even the owner empties a table that holds financial records', async () => {
  for (const table of [
    'orders',
    'order_items',
    'product_stocks',
    'payments',
    'deposits',
    'refunds',
    'users',
  ]) {
    const emptied = db.run(sql`truncate ${sql.id(table)} cascade`)
    assert.equal((await refusal(emptied)).code, 'financial_record_retained', table)
  }
})

test('sold goods keep their contents; what is not sold may be blanked', async () => {
  const product = await addProduct(db, { stock: 2 })
  const user = await addUser(db, { balance: '50000' })
  const { id } = await placeOrder(db, { user, items: [{ product, quantity: 1 }], method: 'account_balance' })
  const swapped = db.run(sql`update product_stocks set content = 'another' where order_id = ${id}`)
  assert.equal((await refusal(swapped)).code, 'immutable_column')
  const blanked = sql`update product_stocks set content = '' where product_id = ${product} and order_id is null`
  assert.equal(await db.run(blanked), 1)
})

test('an unpaid order may be removed at any time', async () => {
  const order = await insertOrder(db, await addUser(db))
  assert.equal(await db.run(sql`delete from orders where id = ${order}`), 1)
})
