import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../../../test/database.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { SandboxClock } from '../../../kernel/clock.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { storeDatabase } from '../databases.ts'
import { addProduct, addUser, addVoucher, expire, placeOrder, settle } from './fixtures.ts'

const clock = new SandboxClock()
const { db } = await testDatabase(storeDatabase, clock)

/** The differences after a change that no trigger sees, undone after the look. */
async function differencesAfter(change: string): Promise<readonly string[]> {
  const client = await db.pool.connect()
  try {
    await client.query('begin; set local session_replication_role = replica')
    await client.query(change)
    const { rows } = await client.query<{ problem: string }>('select problem from reconcile() order by 1')
    return rows.map((row) => row.problem)
  } finally {
    await client.query('rollback')
    client.release()
  }
}

test('check 61: after every kind of ending, shop, ledger and goods agree', async () => {
  const product = await addProduct(db, { price: '20000', stock: 10 })
  await addVoucher(db, 'RECON001', '5000')
  const items = [{ product, quantity: 2 }]
  const rich = await addUser(db, { balance: '100000' })
  await placeOrder(db, { user: rich, items, method: 'account_balance', voucher: 'RECON001' })
  const paid = await placeOrder(db, { user: await addUser(db), items })
  await settle(db, paid.invoice_id)
  const late = await placeOrder(db, { user: await addUser(db), items })
  const { invoice_id } = await inTransaction(db, systemCaller, (tx) =>
    tx.one<{ invoice_id: string }>(sql`select place_deposit(${rich}, 10000) ->> 'invoice_id' as invoice_id`),
  )
  await settle(db, invoice_id)
  clock.advance({ minutes: 11 })
  await expire(db, late.invoice_id)
  await settle(db, late.invoice_id)
  await placeOrder(db, { user: await addUser(db), items })

  assert.deepEqual(await db.many(sql`select * from reconcile()`), [])
  const { sum } = await db.one<{ sum: string }>(sql`
    select sum(balance)::text as sum from ledger.account_balance`)
  assert.equal(sum, '0')
})

test('each kind of disagreement is found', async () => {
  const paid = "(select min(id) from orders where status = 'paid')"
  assert.deepEqual(await differencesAfter(`update orders set status = 'expired' where id = ${paid}`), [
    'order_booked_unpaid',
    'stock_state',
    'stock_state',
    'stock_state',
    'stock_state',
    'voucher_state',
  ])
  const changed = await differencesAfter(
    `update orders set subtotal = subtotal + 1, total_bill = total_bill + 1 where id = ${paid}`,
  )
  assert.deepEqual(changed, ['amount_differs'])
  assert.deepEqual(await differencesAfter(`delete from ledger.transfer where reference like 'deposit:%'`), [
    'deposit_not_booked',
  ])
  const sold = '(select min(id::text)::uuid from product_stocks where is_sold)'
  assert.deepEqual(
    await differencesAfter(`update product_stocks set is_sold = false, order_id = null where id = ${sold}`),
    ['stock_state'],
  )
  assert.deepEqual(
    await differencesAfter(
      `update payments set status = 'awaiting', settled_as = null where settled_as = 'order'`,
    ),
    ['payment_state'],
  )
})
