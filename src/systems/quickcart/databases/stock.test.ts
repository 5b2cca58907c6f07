import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../../../test/database.ts'
import { until } from '../../../../test/until.ts'
import { sql } from '../../../postgres/sql.ts'
import { storeDatabase } from '../databases.ts'
import { addProduct, addUser, outcomes, placeOrder, refusal } from './fixtures.ts'

const { db } = await testDatabase(storeDatabase)

async function addStock(product: number, contents: readonly string[]): Promise<object> {
  return await db.one(sql`select added, duplicates from add_stock(${product}, ${contents})`)
}

async function removeStock(product: number, stock: string | null): Promise<number> {
  return (await db.one<{ n: number }>(sql`select remove_stock(${product}, ${stock}) as n`)).n
}

async function goodsOf(product: number): Promise<readonly { id: string; order_id: number | null }[]> {
  return await db.many(
    sql`select id, order_id from product_stocks where product_id = ${product} order by created_at, id`,
  )
}

test('check 41: three lines of which one is a duplicate: two added, one reported, blank ones not spoken of', async () => {
  const product = await addProduct(db)
  assert.deepEqual(await addStock(product, ['a', ' b \r', '', 'a']), { added: 2, duplicates: 1 })
  assert.deepEqual(await addStock(product, ['b', '  ']), { added: 0, duplicates: 1 })
  const other = await addProduct(db)
  assert.deepEqual(await addStock(other, ['a']), { added: 1, duplicates: 0 })
  assert.equal((await refusal(addStock(99_999, ['a']))).code, 'product_not_found')
})

test('one file uploaded four times at once is loaded once', async () => {
  const product = await addProduct(db)
  const contents = Array.from({ length: 50 }, (_, i) => `line ${i}`)
  await Promise.all(Array.from({ length: 4 }, () => addStock(product, contents)))
  assert.equal((await goodsOf(product)).length, 50)
})

test('check 41: a reserved or sold good is not removed, a free one is', async () => {
  const product = await addProduct(db, { stock: 3 })
  const pending = await placeOrder(db, { user: await addUser(db), items: [{ product, quantity: 1 }] })
  const buyer = await addUser(db, { balance: '10000' })
  await placeOrder(db, { user: buyer, items: [{ product, quantity: 1 }], method: 'account_balance' })
  const goods = await goodsOf(product)
  for (const { id, order_id } of goods) {
    if (order_id === null) assert.equal(await removeStock(product, id), 1)
    else assert.equal((await refusal(removeStock(product, id))).code, 'stock_not_available')
  }
  assert.equal((await goodsOf(product)).length, 2, 'never in an order: deleted')
  const [gone] = goods.filter((good) => good.order_id === null)
  assert.ok(gone)
  assert.equal((await refusal(removeStock(product, gone.id))).code, 'stock_not_found')
  assert.equal(pending.status, 'pending')
})

test('a good that was once in an order is blanked instead of deleted, and never sold again', async () => {
  const product = await addProduct(db, { stock: 1 })
  const order = await placeOrder(db, { user: await addUser(db), items: [{ product, quantity: 1 }] })
  await db.run(sql`select cancel_payment(${order.invoice_id}, 'owner')`)
  assert.equal(await removeStock(product, null), 1)
  assert.deepEqual(
    await db.one(
      sql`select content, removed_at is not null as removed from product_stocks where product_id = ${product}`,
    ),
    { content: '', removed: true },
  )
  const again = placeOrder(db, { user: await addUser(db), items: [{ product, quantity: 1 }] })
  assert.equal((await refusal(again)).code, 'out_of_stock')
  const revived = db.run(sql`update product_stocks set removed_at = null where product_id = ${product}`)
  assert.equal((await refusal(revived)).code, 'illegal_transition')
})

test('removing everything while ten people order: every good is either sold or removed', async () => {
  const product = await addProduct(db, { stock: 10 })
  const users = await Promise.all(Array.from({ length: 10 }, () => addUser(db, { balance: '10000' })))
  const orders = users.map((user) =>
    placeOrder(db, { user, items: [{ product, quantity: 1 }], method: 'account_balance' }),
  )
  const removal = removeStock(product, null)
  const [{ done }, removed] = [await outcomes(orders), await removal]
  assert.equal(done.length + removed, 10)
})

test('every change of stock is announced with its product', async () => {
  const heard: string[] = []
  const stop = await db.listen('stock_changed', (payload) => heard.push(payload))
  try {
    const product = await addProduct(db, { stock: 2 })
    await until(() => heard.length === 1)
    await placeOrder(db, { user: await addUser(db), items: [{ product, quantity: 2 }] })
    await until(() => heard.length === 2)
    assert.deepEqual(heard, [String(product), String(product)])
  } finally {
    await stop()
  }
})

test('a product without a number gets the smallest free one; a taken one is refused', async () => {
  const create = async (id: number | null) =>
    (await db.one<{ id: number }>(sql`select create_product(${id}, 'New', null, 5000, null) as id`)).id
  await db.run(sql`delete from products where id = 99999`)
  assert.equal(await create(500), 500)
  assert.equal((await refusal(create(500))).code, 'product_id_taken')
  const { smallest } = await db.one<{ smallest: number }>(sql`
    select min(n)::int as smallest from generate_series(1, 600) n where n not in (select id from products)`)
  assert.equal(await create(null), smallest)
  const cents = db.one(sql`select create_product(null, 'New', null, 5000.50, null)`)
  assert.equal((await refusal(cents)).code, 'amount_not_whole')
})
