import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../../../test/database.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { SandboxClock } from '../../../kernel/clock.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { storeDatabase } from '../databases.ts'
import {
  addProduct,
  addUser,
  addVoucher,
  awaitPayment,
  balanceOf,
  expire,
  type OrderJson,
  outcomes,
  placeOrder,
  refusal,
  settle,
} from './fixtures.ts'

const clock = new SandboxClock()
const { db } = await testDatabase(storeDatabase, clock)

async function awaitedOrder(): Promise<OrderJson & { user: bigint; product: number }> {
  const product = await addProduct(db, { price: '30000', stock: 1 })
  const user = await addUser(db)
  const order = await placeOrder(db, { user, items: [{ product, quantity: 1 }] })
  await awaitPayment(db, order.invoice_id)
  return { ...order, user, product }
}

async function stateOf(invoice: string): Promise<object> {
  return await db.one(sql`
    select o.status as "order", p.status as payment, p.settled_as, p.qr_string,
        (select count(*) from product_stocks s where s.order_id = o.id and s.is_sold) as sold,
        (select count(*) from order_items i where i.order_id = o.id and i.released_at is not null) as released
      from orders o join payments p on p.order_id = o.id where o.invoice_id = ${invoice}`)
}

/** What was booked under a reference: "gateway.pakasir → sales 30000.00". */
async function transfersOf(reference: string): Promise<readonly string[]> {
  const rows = await db.many<{ line: string }>(sql`
    select format('%s → %s %s', d.name, c.name, ledger.decimal(t.amount, 'IDR')) as line
      from ledger.transfer t join ledger.account d on d.id = t.debit join ledger.account c on c.id = t.credit
      where t.reference = ${reference} order by t.leg`)
  return rows.map((row) => row.line)
}

async function kindsOf(invoice: string): Promise<readonly string[]> {
  const rows = await db.many<{ kind: string }>(
    sql`select payload ->> 'kind' as kind from telegram_outbox where ref_id = ${invoice} order by id`,
  )
  return rows.map((row) => row.kind)
}

async function cancel(invoice: string, by = 'owner'): Promise<void> {
  await inTransaction(db, systemCaller, (tx) => tx.run(sql`select cancel_payment(${invoice}, ${by})`))
}

async function adopt(invoice: string, fee: string, total: string): Promise<string> {
  const { outcome } = await inTransaction(db, systemCaller, (tx) =>
    tx.one<{ outcome: string }>(
      sql`select adopt_gateway_answer(${invoice}, ${fee}, ${total}, 'QR', 'https://pay', null) as outcome`,
    ),
  )
  return outcome
}

async function fail(invoice: string): Promise<string> {
  const { outcome } = await inTransaction(db, systemCaller, (tx) =>
    tx.one<{ outcome: string }>(sql`select fail_payment(${invoice}, 'gateway_fee_mismatch') as outcome`),
  )
  return outcome
}

test('check 18: ten settlements at once: one counts, the goods are sent once, the money is booked once', async () => {
  const order = await awaitedOrder()
  const { done } = await outcomes(Array.from({ length: 10 }, () => settle(db, order.invoice_id)))
  assert.deepEqual(done.toSorted(), [...Array(9).fill('already'), 'settled'])
  assert.deepEqual(await stateOf(order.invoice_id), {
    order: 'paid',
    payment: 'completed',
    settled_as: 'order',
    qr_string: null,
    sold: 1n,
    released: 0n,
  })
  assert.deepEqual(await kindsOf(order.invoice_id), ['show_payment', 'deliver'])
  assert.deepEqual(await db.one(sql`select sold_count from products where id = ${order.product}`), {
    sold_count: 1,
  })
})

test('check 19: money that comes before the create answer is stored settles the order all the same', async () => {
  const product = await addProduct(db, { stock: 1 })
  const order = await placeOrder(db, { user: await addUser(db), items: [{ product, quantity: 1 }] })
  assert.equal(await settle(db, order.invoice_id), 'settled')
  assert.equal(await adopt(order.invoice_id, '380', '10380'), 'already')
})

test('check 21: another amount than ours moves no money and alerts the staff once', async () => {
  const admin = await addUser(db, { role: 'admin' })
  const order = await awaitedOrder()
  assert.equal(await settle(db, order.invoice_id, '29999'), 'amount_mismatch')
  assert.equal(await settle(db, order.invoice_id, '29999'), 'amount_mismatch')
  assert.deepEqual(await stateOf(order.invoice_id), {
    order: 'pending',
    payment: 'awaiting',
    settled_as: null,
    qr_string: 'QR',
    sold: 0n,
    released: 0n,
  })
  const alerts = await db.many(sql`
    select payload from telegram_outbox where chat_id = ${admin} and ref_id = ${order.invoice_id}`)
  assert.deepEqual(alerts, [
    { payload: { kind: 'staff_amount_mismatch', invoice: order.invoice_id, amount: '29999' } },
  ])
  await db.run(sql`update users set member_status = 'customer' where id = ${admin}`)
})

test('check 23: after ten minutes the order expires: goods on sale again, item released, no QR left', async () => {
  const order = await awaitedOrder()
  assert.equal(await expire(db, order.invoice_id), 'not_due')
  clock.advance({ minutes: 10, seconds: 1 })
  assert.equal(await expire(db, order.invoice_id), 'expired')
  assert.equal(await expire(db, order.invoice_id), 'already')
  assert.deepEqual(await stateOf(order.invoice_id), {
    order: 'expired',
    payment: 'expired',
    settled_as: null,
    qr_string: null,
    sold: 0n,
    released: 1n,
  })
  assert.deepEqual(await kindsOf(order.invoice_id), ['show_payment', 'payment_expired'])
})

test('check 25: found paid before it was expired, the order is honoured even past its deadline', async () => {
  const order = await awaitedOrder()
  clock.advance({ minutes: 11 })
  assert.equal(await settle(db, order.invoice_id), 'settled')
  assert.equal(await expire(db, order.invoice_id), 'already')
})

test('check 27: money after the expiry goes to the balance without the fee, once', async () => {
  const order = await awaitedOrder()
  clock.advance({ minutes: 11 })
  await expire(db, order.invoice_id)
  const { done } = await outcomes(Array.from({ length: 5 }, () => settle(db, order.invoice_id)))
  assert.deepEqual(done.toSorted(), ['already', 'already', 'already', 'already', 'late'])
  assert.equal(await balanceOf(db, order.user), '30000.00')
  assert.deepEqual(await transfersOf(`late:${order.invoice_id}`), [
    `gateway.pakasir → user.${order.user} 30000.00`,
    'gateway.pakasir → gateway.fees 520.00',
  ])
  assert.deepEqual(await stateOf(order.invoice_id), {
    order: 'expired',
    payment: 'late_completed',
    settled_as: 'late_credit',
    qr_string: null,
    sold: 0n,
    released: 1n,
  })
})

test('late money of an erased person waits in suspense, and nobody is written to', async () => {
  const order = await awaitedOrder()
  await cancel(order.invoice_id)
  await db.run(
    sql`update users set name = 'Deleted user', erased_at = now(), erased_as = -9 where id = ${order.user}`,
  )
  assert.equal(await settle(db, order.invoice_id), 'late')
  assert.deepEqual(await transfersOf(`late:${order.invoice_id}`), [
    'gateway.pakasir → suspense 30000.00',
    'gateway.pakasir → gateway.fees 520.00',
  ])
  // Nothing after the cancellation, which came before the erasure.
  assert.deepEqual(await kindsOf(order.invoice_id), ['show_payment', 'payment_cancelled'])
})

test('a paid order books its base, its fee, and its voucher as promotion', async () => {
  const product = await addProduct(db, { price: '50000', stock: 2 })
  await addVoucher(db, 'BOOKED01', '10000')
  const order = await placeOrder(db, {
    user: await addUser(db),
    items: [{ product, quantity: 1 }],
    voucher: 'BOOKED01',
  })
  await settle(db, order.invoice_id)
  assert.deepEqual(await transfersOf(`order:${order.invoice_id}`), [
    'gateway.pakasir → sales 40000.00',
    'gateway.pakasir → gateway.fees 590.00',
    'promo.vouchers → sales 10000.00',
  ])
  const user = await addUser(db, { balance: '50000' })
  const paid = await placeOrder(db, { user, items: [{ product, quantity: 1 }], method: 'account_balance' })
  assert.deepEqual(await transfersOf(`order:${paid.invoice_id}`), [`user.${user} → sales 50000.00`])
  assert.deepEqual(await transfersOf(`opening:${user}`), [`opening → user.${user} 50000.00`])
})

test('check 28: cancelling against paying, many times: paid and delivered, or cancelled and credited', async () => {
  for (let round = 0; round < 12; round++) {
    const order = await awaitedOrder()
    const attempts = [settle(db, order.invoice_id), cancel(order.invoice_id).then(() => 'cancelled')]
    const { done } = await outcomes(round % 2 ? attempts : attempts.toReversed())
    const [balance, kinds] = [await balanceOf(db, order.user), await kindsOf(order.invoice_id)]
    const delivered = kinds.includes('deliver')
    assert.deepEqual([balance, delivered], done.includes('late') ? ['30000.00', false] : ['0.00', true])
    assert.equal(done.includes('cancelled'), !delivered)
  }
})

test('check 31: a fee that is off by one rupiah is adopted everywhere before the QR is shown', async () => {
  const product = await addProduct(db, { price: '7805', stock: 1 })
  const order = await placeOrder(db, { user: await addUser(db), items: [{ product, quantity: 1 }] })
  assert.equal(await adopt(order.invoice_id, '365', '8170'), 'awaiting')
  assert.deepEqual(
    await db.one(sql`
      select o.payment_fee, o.total_bill, p.fee, p.total_payment, p.qr_string
        from orders o join payments p on p.order_id = o.id where o.id = ${order.id}`),
    {
      payment_fee: '365.00',
      total_bill: '8170.00',
      fee: '365.00',
      total_payment: '8170.00',
      qr_string: 'QR',
    },
  )
  assert.equal(await settle(db, order.invoice_id), 'settled')
})

test('check 31: a fee that is off by five is refused; then the order is cancelled and its goods are free', async () => {
  const product = await addProduct(db, { price: '30000', stock: 1 })
  const user = await addUser(db)
  const order = await placeOrder(db, { user, items: [{ product, quantity: 1 }] })
  assert.equal(await adopt(order.invoice_id, '525', '30525'), 'fee_mismatch')
  assert.equal(await adopt(order.invoice_id, '521', '30520'), 'fee_mismatch')
  assert.deepEqual([await fail(order.invoice_id), await fail(order.invoice_id)], ['failed', 'already'])
  assert.equal(await adopt(order.invoice_id, '520', '30520'), 'closed')
  const again = await placeOrder(db, { user, items: [{ product, quantity: 1 }] })
  assert.equal(again.status, 'pending')
})

test('money after a fee mismatch books what the gateway took, not what we had agreed', async () => {
  const product = await addProduct(db, { price: '30000', stock: 1 })
  const user = await addUser(db)
  const order = await placeOrder(db, { user, items: [{ product, quantity: 1 }] })
  // Twice: a process that died in between asks again and must not take the refused figures for the agreed ones.
  assert.equal(await adopt(order.invoice_id, '525', '30525'), 'fee_mismatch')
  assert.equal(await adopt(order.invoice_id, '525', '30525'), 'fee_mismatch')
  assert.equal(await fail(order.invoice_id), 'failed')
  assert.equal(await settle(db, order.invoice_id), 'late')
  assert.deepEqual(await transfersOf(`late:${order.invoice_id}`), [
    `gateway.pakasir → user.${user} 30000.00`,
    'gateway.pakasir → gateway.fees 525.00',
  ])
  const { total_bill } = await db.one<{ total_bill: string }>(
    sql`select total_bill from orders where id = ${order.id}`,
  )
  assert.equal(total_bill, '30520.00')
  assert.deepEqual(await db.many(sql`select * from reconcile() where entity_id = ${String(order.id)}`), [])
})

test('not even the owner rewrites the figures of payments, deposits and refunds', async () => {
  const order = await awaitedOrder()
  await settle(db, order.invoice_id)
  const user = await addUser(db)
  const { placed } = await inTransaction(db, systemCaller, (tx) =>
    tx.one<{ placed: OrderJson }>(sql`select place_deposit(${user}, 50000) as placed`),
  )
  await awaitPayment(db, placed.invoice_id)
  await settle(db, placed.invoice_id)
  await db.run(sql`
    insert into refunds (order_id, user_id, base_amount, days_used, claims_count, multiplier, amount, formula)
      values (${order.id}, ${order.user}, 30000, 1, 0, 0.8, 23200, '{}')`)
  for (const change of [
    sql`update payments set amount = 1, total_payment = fee + 1 where invoice_id = ${order.invoice_id}`,
    sql`update payments set fee = 1, total_payment = amount + 1 where invoice_id = ${order.invoice_id}`,
    sql`update payments set completed_at = now() - interval '1 year' where invoice_id = ${order.invoice_id}`,
    sql`update payments set user_id = ${user} where invoice_id = ${order.invoice_id}`,
    sql`update deposits set amount = 1, total_bill = payment_fee + 1 where invoice_id = ${placed.invoice_id}`,
    sql`update deposits set payment_fee = 1, total_bill = amount + 1 where invoice_id = ${placed.invoice_id}`,
    sql`update refunds set amount = 1 where order_id = ${order.id}`,
    sql`update refunds set formula = '{"days": 1}' where order_id = ${order.id}`,
  ]) {
    assert.equal((await refusal(db.run(change))).code, 'immutable_column', change.text)
  }
  await db.run(sql`update refunds set status = 'rejected', decided_by = ${user} where order_id = ${order.id}`)
})

test('check 32: released goods are sold to another, and the old order still lists its item', async () => {
  const order = await awaitedOrder()
  await cancel(order.invoice_id)
  const other = await addUser(db)
  const second = await placeOrder(db, { user: other, items: [{ product: order.product, quantity: 1 }] })
  await settle(db, second.invoice_id)
  const items = await db.many(sql`
    select i.released_at is not null as released from order_items i where i.order_id in (${order.id}, ${second.id})
      order by i.id`)
  assert.deepEqual(items, [{ released: true }, { released: false }])
})

test('a decided order is not cancelled: the refusal says what became of it', async () => {
  const paid = await awaitedOrder()
  await settle(db, paid.invoice_id)
  assert.equal((await refusal(cancel(paid.invoice_id))).code, 'order_already_paid')
  const cancelled = await awaitedOrder()
  await cancel(cancelled.invoice_id, 'admin')
  assert.deepEqual(await kindsOf(cancelled.invoice_id), ['show_payment', 'payment_cancelled'])
  const { code, details } = await refusal(cancel(cancelled.invoice_id))
  assert.deepEqual([code, details.order_status], ['order_not_pending', 'cancelled'])
})

test('check 38: a deposit of 50000 costs 50660 and credits 50000; a second pending one is refused', async () => {
  const user = await addUser(db)
  const deposit = (amount: string) =>
    inTransaction(db, systemCaller, (tx) =>
      tx.one<{ placed: OrderJson }>(sql`select place_deposit(${user}, ${amount}) as placed`),
    )
  assert.equal((await refusal(deposit('9999'))).code, 'amount_out_of_range')
  const { placed } = await deposit('50000')
  assert.match(placed.invoice_id, /^DEP\d{8}[A-Z0-9]{6}$/)
  assert.deepEqual([placed.total_bill, placed.payment?.status], ['50660.00', 'creating'])
  const second = await refusal(deposit('50000'))
  assert.deepEqual([second.code, second.details.invoice], ['pending_deposit_exists', placed.invoice_id])
  await awaitPayment(db, placed.invoice_id)
  assert.equal(await settle(db, placed.invoice_id), 'settled')
  assert.equal(await balanceOf(db, user), '50000.00')
})

test('every state of a payment that is not declared is refused', async () => {
  const order = await awaitedOrder()
  const back = db.run(
    sql`update payments set status = 'creating', qr_string = null where invoice_id = ${order.invoice_id}`,
  )
  assert.equal((await refusal(back)).code, 'illegal_transition')
})

test('two messages of one order that could not be sent are two pieces of news; the same one is told once', async () => {
  await db.run(sql`
    insert into users (id, name, bank_id, member_status) values (990000001, 'Staff', '990001', 'admin')`)
  const order = await awaitedOrder()
  for (const about of ['show_payment', 'deliver', 'deliver']) {
    await db.run(sql`
      select notify_staff('staff_message_failed', 'order', ${order.invoice_id}, ${sql.json({ about })})`)
  }
  const { told } = await db.one<{ told: bigint }>(sql`
    select count(*) as told from telegram_outbox
    where chat_id = 990000001 and ref_id = ${order.invoice_id} and payload ->> 'kind' = 'staff_message_failed'`)
  assert.equal(told, 2n)
})
