import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../../../test/database.ts'
import { SandboxClock } from '../../../kernel/clock.ts'
import { sql } from '../../../postgres/sql.ts'
import { storeDatabase } from '../databases.ts'
import {
  addProduct,
  addUser,
  addVoucher,
  awaitPayment,
  expire,
  outcomes,
  placeOrder,
  refusal,
  settle,
} from './fixtures.ts'

const clock = new SandboxClock()
const { db } = await testDatabase(storeDatabase, clock)
const product = await addProduct(db, { price: '20000', stock: 50 })
const items = [{ product, quantity: 1 }]

test('check 33: the voucher of an expired order is usable again at once and starts no cooldown', async () => {
  await addVoucher(db, 'EXPIRED1', '5000')
  const user = await addUser(db)
  const order = await placeOrder(db, { user, items, voucher: 'EXPIRED1' })
  clock.advance({ minutes: 11 })
  assert.equal(await expire(db, order.invoice_id), 'expired')
  const again = await placeOrder(db, { user, items, voucher: 'EXPIRED1' })
  assert.equal(again.voucher_discount, '5000.00')
})

test('check 34: after a redemption the next code waits 5 minutes to the second', async () => {
  await addVoucher(db, 'FIRST001', '5000')
  await addVoucher(db, 'SECOND01', '5000')
  const user = await addUser(db, { balance: '50000' })
  await placeOrder(db, { user, items, voucher: 'FIRST001', method: 'account_balance' })
  // The clock's second has begun before the redemption was written; the database rounds the rest up.
  const { left } = await db.one<{ left: number }>(sql`
    select extract(epoch from expires_at - now())::float8 as left from voucher_usage_cooldown where user_id = ${user}`)
  clock.advance({ seconds: left - clock.offsetMs / 1000 - 1 })
  const { code, details } = await refusal(placeOrder(db, { user, items, voucher: 'SECOND01' }))
  assert.deepEqual([code, details.retry_after], ['voucher_cooldown', 1])
  clock.advance({ seconds: 1 })
  assert.equal((await placeOrder(db, { user, items, voucher: 'SECOND01' })).voucher_discount, '5000.00')
})

test('check 35: two people with one code at once: one gets it, the other is told voucher_invalid', async () => {
  for (let round = 0; round < 5; round++) {
    const code = `SHARED0${round}`
    await addVoucher(db, code, '5000')
    const users = [await addUser(db), await addUser(db)]
    const { done, codes } = await outcomes(
      users.map((user) => placeOrder(db, { user, items, voucher: code })),
    )
    assert.deepEqual([done.length, codes], [1, ['voucher_invalid']])
  }
})

test('unknown, used and reserved codes are one refusal; an expired one says so', async () => {
  await addVoucher(db, 'USED0001', '5000')
  const buyer = await addUser(db)
  const order = await placeOrder(db, { user: buyer, items, voucher: 'USED0001' })
  const user = await addUser(db)
  const codeOf = async (voucher: string) => (await refusal(placeOrder(db, { user, items, voucher }))).code
  assert.equal(await codeOf('USED0001'), 'voucher_invalid')
  await awaitPayment(db, order.invoice_id)
  await settle(db, order.invoice_id)
  assert.equal(await codeOf('USED0001'), 'voucher_invalid')
  assert.equal(await codeOf('NOSUCH00'), 'voucher_invalid')
  await addVoucher(db, 'OLD00001', '5000')
  clock.advance({ days: 30, seconds: 1 })
  assert.equal(await codeOf('OLD00001'), 'voucher_expired')
})

test('a used voucher stays used, and says by whom, when and for what', async () => {
  const used = await db.one(sql`
    select is_used, num_nonnulls(used_by, used_at, order_id) as facts from vouchers where code = 'USED0001'`)
  assert.deepEqual(used, { is_used: true, facts: 3 })
  const freed = db.run(sql`
    update vouchers set is_used = false, used_by = null, used_at = null, order_id = null where code = 'USED0001'`)
  assert.equal((await refusal(freed)).code, 'illegal_transition')
  const bare = db.run(sql`update vouchers set is_used = true where code = 'OLD00001'`)
  assert.equal((await refusal(bare)).code, 'illegal_transition')
})
