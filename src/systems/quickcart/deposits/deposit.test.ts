import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { type Customer, openShop } from '../../../../test/quickcart-shop.ts'
import { until } from '../../../../test/until.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { wholeMoney } from '../../../kernel/money.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'

const shop = await openShop()
const { store, pakasir } = shop

beforeEach(() => {
  pakasir.faults.clear()
  pakasir.settings.feeDeviation = 0
})

test('check 38: a deposit of 50000 costs 50660, credits 50000, and is the only one open', async () => {
  const budi = await shop.customer({ balance: '1000' })
  const placed = await deposit(budi, '50000')
  const { invoice, amount, fee, total, payment } = placed.body
  assert.match(invoice, /^DEP\d{8}[A-Z0-9]{6}$/)
  assert.deepEqual([placed.status, amount, fee, total], [201, '50000.00', '660.00', '50660.00'])
  assert.deepEqual([payment.status, payment.total_payment], ['awaiting', '50660.00'])
  assert.match(payment.qr_string, /^000201/)

  const second = await deposit(budi, '10000')
  assert.deepEqual(
    [second.status, second.body.code, second.body.invoice],
    [409, 'pending_deposit_exists', invoice],
  )

  pakasir.pay(invoice)
  await shop.drain()
  assert.equal(await statusOf(invoice), 'paid completed')
  assert.equal(await balanceOf(budi), '51000.00')
  assert.deepEqual(await transfersOf(`deposit:${invoice}`), [
    ['gateway.pakasir', 'gateway.fees', 66_000n],
    ['gateway.pakasir', `user.${budi.id}`, 5_000_000n],
  ])
  const { body } = await shop.get(`/deposits/${invoice}`, { as: budi })
  assert.deepEqual([body.status, body.payment.status, body.payment.qr_string], ['paid', 'completed', null])
})

test('check 38: 9999 and one rupiah over the limit are refused, and so are fractions', async () => {
  const budi = await shop.customer()
  for (const [amount, code] of [
    ['9999', 'amount_out_of_range'],
    ['10000001', 'amount_out_of_range'],
    ['10000.50', 'amount_not_whole'],
    ['0', 'amount_out_of_range'],
    ['-10000', 'validation_failed'],
    ['sepuluh', 'validation_failed'],
  ] as const) {
    const { status, body } = await deposit(budi, amount)
    assert.deepEqual([status, body.code], [422, code], amount)
  }
  const { status, body } = await shop.post('/deposits', { as: budi, body: { amount: '10000' } })
  assert.deepEqual([status, body.code], [400, 'idempotency_key_required'])
  assert.equal((await deposit(budi, '10000')).status, 201)
})

test('a deposit and an order may wait for their payments side by side', async () => {
  const budi = await shop.customer()
  assert.equal((await shop.order(budi, await shop.product())).status, 201)
  assert.equal((await deposit(budi, '10000')).status, 201)
})

test('thirty deposits of one person at once make one', async () => {
  const budi = await shop.customer()
  const answers = await Promise.all(Array.from({ length: 30 }, () => deposit(budi, '25000')))
  const made = answers.filter(({ status }) => status === 201 || status === 202)
  const refused = answers.filter(({ body }) => body.code === 'pending_deposit_exists')
  assert.deepEqual([made.length, refused.length], [1, 29])
  assert.deepEqual([...new Set(refused.map(({ body }) => body.invoice))], [made[0]?.body.invoice])
  assert.equal(await depositsOf(budi), 1)
})

test('the same key is the same deposit, also ten times at once; with another amount it is refused', async () => {
  const budi = await shop.customer()
  const taps = await Promise.all(Array.from({ length: 10 }, () => deposit(budi, '25000', 'once')))
  for (const { status, body } of taps) {
    assert.ok(status === 201 || status === 202 || body.code === 'idempotency_in_flight', JSON.stringify(body))
  }
  const again = await deposit(budi, '25000', 'once')
  assert.equal(again.status, 201)
  const other = await deposit(budi, '50000', 'once')
  assert.deepEqual([other.status, other.body.code], [409, 'idempotency_conflict'])
  assert.equal(await depositsOf(budi), 1)
})

test('six deposits in a minute: the sixth waits', async () => {
  const budi = await shop.customer()
  for (let i = 0; i < 5; i++) {
    const { body } = await deposit(budi, '10000')
    assert.equal((await shop.post(`/deposits/${body.invoice}/cancel`, { as: budi })).status, 200)
  }
  const sixth = await deposit(budi, '10000')
  assert.deepEqual([sixth.status, sixth.body.code], [429, 'rate_limited'])
})

test('ten webhooks, a check and the poll at once credit a deposit once', async () => {
  const { budi, invoice } = await pendingDeposit()
  pakasir.pay(invoice, { webhook: { copies: 10 } })
  await Promise.all([1, 2, 3].map(() => shop.post(`/deposits/${invoice}/check`, { as: budi })))
  await shop.advance({ minutes: 2, seconds: 1 })
  assert.equal(await balanceOf(budi), '50000.00')
  assert.equal((await transfersOf(`deposit:${invoice}`)).length, 2)
  assert.equal(await messages(invoice, 'deposit_paid'), 1)
})

test('a lost webhook is made up for by the poll, and by whoever checks', async () => {
  const [polled, checked] = [await pendingDeposit(), await pendingDeposit()]
  for (const { invoice } of [polled, checked]) pakasir.pay(invoice, { webhook: { drop: true } })
  const { body } = await shop.post(`/deposits/${checked.invoice}/check`, { as: checked.budi })
  assert.equal(body.status, 'paid')
  await shop.advance({ minutes: 2, seconds: 1 })
  assert.equal(await statusOf(polled.invoice), 'paid completed')
})

test('a webhook over another amount credits nothing, and the staff is told about a deposit', async () => {
  await shop.customer({ role: 'admin' })
  const { budi, invoice } = await pendingDeposit()
  pakasir.sendWebhook(invoice, {}, { amount: wholeMoney('IDR', 1) })
  await shop.drain()
  assert.equal(await statusOf(invoice), 'pending awaiting')
  assert.equal(await balanceOf(budi), '0.00')
  const rows = await store.db.many<{ ref_type: string }>(sql`
    select distinct ref_type from telegram_outbox
      where ref_id = ${invoice} and payload ->> 'kind' = 'staff_amount_mismatch'`)
  assert.deepEqual(rows, [{ ref_type: 'deposit' }])
})

test('unpaid after ten minutes a deposit expires, and another may follow', async () => {
  const { budi, invoice } = await pendingDeposit()
  await shop.advance({ minutes: 10, seconds: 1 })
  assert.equal(await statusOf(invoice), 'expired expired')
  assert.equal(await messages(invoice, 'payment_expired'), 1)
  assert.equal((await deposit(budi, '10000')).status, 201)
})

test('a gateway that is down at the deadline and back with the money: the deposit is credited', async () => {
  const { budi, invoice } = await pendingDeposit()
  await shop.advance({ minutes: 9 })
  pakasir.pay(invoice, { webhook: { drop: true } })
  pakasir.faults.arm({ kind: 'outage' })
  await shop.advance({ minutes: 1, seconds: 1 })
  for (const seconds of [16, 31, 61]) await shop.advance({ seconds })
  assert.equal(await statusOf(invoice), 'pending awaiting')
  pakasir.faults.clear()
  await shop.advance({ seconds: 91 })
  assert.equal(await statusOf(invoice), 'paid completed')
  assert.equal(await balanceOf(budi), '50000.00')
})

test('a gateway that stays down five minutes beyond the deadline: the deposit expires', async () => {
  const { invoice } = await pendingDeposit()
  pakasir.faults.arm({ kind: 'outage' })
  await shop.advance({ minutes: 10, seconds: 1 })
  for (const seconds of [16, 31, 61, 91]) {
    await shop.advance({ seconds })
    assert.equal(await statusOf(invoice), 'pending awaiting')
  }
  await shop.advance({ seconds: 106 })
  assert.equal(await statusOf(invoice), 'expired expired')
  // The circuit is closed again after half a minute.
  await shop.advance({ seconds: 31 })
})

test('money after expiry is credited once, without the fee', async () => {
  const { budi, invoice } = await pendingDeposit()
  await shop.advance({ minutes: 12 })
  pakasir.pay(invoice, { force: true, webhook: { copies: 3 } })
  await shop.drain()
  assert.equal(await statusOf(invoice), 'expired late_completed')
  assert.equal(await balanceOf(budi), '50000.00')
  assert.equal((await transfersOf(`late:${invoice}`)).length, 2)
  assert.equal(await messages(invoice, 'late_credit'), 1)
})

test('a cancellation that races with the payment: paid or credited late, never both or neither', async () => {
  const races = Array.from({ length: 5 }, async (_, i) => {
    const { budi, invoice } = await pendingDeposit()
    const pay = async () => pakasir.pay(invoice, { force: true, webhook: { copies: 2 } })
    const cancel = () => shop.post(`/deposits/${invoice}/cancel`, { as: budi })
    await Promise.all(i % 2 === 0 ? [pay(), cancel()] : [cancel(), pay()])
    return { budi, invoice }
  })
  const raced = await Promise.all(races)
  await shop.drain()
  for (const { budi, invoice } of raced) {
    const outcome = await statusOf(invoice)
    assert.ok(['paid completed', 'cancelled late_completed'].includes(outcome), outcome)
    assert.equal(await balanceOf(budi), '50000.00')
  }
})

test('a cancelled deposit is off the gateway too; what is over or paid can no longer be cancelled', async () => {
  const { budi, invoice } = await pendingDeposit()
  const { status, body } = await shop.post(`/deposits/${invoice}/cancel`, { as: budi })
  assert.deepEqual([status, body.status, body.payment.status], [200, 'cancelled', 'cancelled'])
  assert.equal(pakasir.status(pakasir.get(invoice)), 'canceled')
  const again = await shop.post(`/deposits/${invoice}/cancel`, { as: budi })
  assert.deepEqual([again.status, again.body.code], [409, 'deposit_not_pending'])

  const paid = await pendingDeposit()
  pakasir.pay(paid.invoice, { webhook: { drop: true } })
  const late = await shop.post(`/deposits/${paid.invoice}/cancel`, { as: paid.budi })
  assert.deepEqual([late.status, late.body.code], [409, 'deposit_not_pending'])
  assert.equal(await balanceOf(paid.budi), '50000.00')
})

test('a fee one rupiah off is adopted before the QR is shown; five off cancels the deposit', async () => {
  for (const off of [1, -1]) {
    pakasir.settings.feeDeviation = off
    const { status, body } = await deposit(await shop.customer(), '50000')
    assert.deepEqual([status, body.fee, body.amount], [201, `${660 + off}.00`, '50000.00'])
    pakasir.pay(body.invoice)
    await shop.drain()
    assert.equal((await transfersOf(`deposit:${body.invoice}`))[0]?.[2], BigInt(66_000 + off * 100))
  }
  pakasir.settings.feeDeviation = 5
  const budi = await shop.customer()
  for (const _ of ['first', 'repeated']) {
    const { status, body } = await deposit(budi, '50000', 'fee')
    assert.deepEqual([status, body.code], [502, 'gateway_fee_mismatch'])
    assert.equal(await statusOf(body.invoice), 'cancelled failed')
  }
})

test('a gateway that does not answer: 202, then the same QR from the job', async () => {
  pakasir.faults.arm({ kind: 'timeout_after_effect', endpoint: 'create', times: 1 })
  const budi = await shop.customer()
  const { status, body } = await deposit(budi, '50000')
  assert.deepEqual([status, body.payment.status], [202, 'creating'])
  await shop.advance({ seconds: 2 })
  const later = await shop.get(`/deposits/${body.invoice}`, { as: budi })
  assert.equal(later.body.payment.qr_string, pakasir.get(body.invoice).qrString)
})

test('a deposit whose process died before it called the gateway gets its payment from the job', async () => {
  const budi = await shop.customer()
  const { invoice } = await inTransaction(store.db, systemCaller, (tx) =>
    tx.one<{ invoice: string }>(sql`select place_deposit(${budi.id}, 50000) ->> 'invoice_id' as invoice`),
  )
  assert.equal(await statusOf(invoice), 'pending creating')
  await shop.advance({ seconds: 16 })
  assert.equal(await statusOf(invoice), 'pending awaiting')
})

test("somebody else's deposit is not there; an admin sees it, and may cancel it", async () => {
  const { budi, invoice } = await pendingDeposit()
  const [eve, admin] = [await shop.customer({ name: 'Eve' }), await shop.customer({ role: 'admin' })]
  for (const [method, path] of [
    ['GET', `/deposits/${invoice}`],
    ['POST', `/deposits/${invoice}/check`],
    ['POST', `/deposits/${invoice}/cancel`],
  ] as const) {
    const answer = await shop.call(method, path, { as: eve })
    assert.deepEqual([answer.status, answer.body.code], [404, 'deposit_not_found'], path)
  }
  const { body } = await shop.get('/admin/deposits?status=pending', { as: admin })
  const listed = body.items.find((each: { invoice: string }) => each.invoice === invoice)
  assert.equal(listed.user_id, String(budi.id))
  const cancelled = await shop.post(`/deposits/${invoice}/cancel`, { as: admin })
  assert.deepEqual([cancelled.status, cancelled.body.status], [200, 'cancelled'])
})

test('the list of deposits goes on where the page before ended', async () => {
  const budi = await shop.customer()
  const made: string[] = []
  for (let i = 0; i < 5; i++) {
    const { body } = await deposit(budi, '10000')
    made.unshift(body.invoice)
    await shop.post(`/deposits/${body.invoice}/cancel`, { as: budi })
  }
  const seen: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const path = `/deposits?limit=2${cursor && `&cursor=${cursor}`}`
    const answer: { body: { items: { invoice: string }[]; next_cursor: string | null } } = await shop.get(
      path,
      { as: budi },
    )
    seen.push(...answer.body.items.map((each) => each.invoice))
    cursor = answer.body.next_cursor
  }
  assert.deepEqual(seen, made)
})

function deposit(as: Customer, amount: string, key = `k-${crypto.randomUUID()}`) {
  return shop.post('/deposits', { as, key, body: { amount } })
}

async function pendingDeposit(): Promise<{ budi: Customer; invoice: string }> {
  const budi = await shop.customer()
  const { body } = await deposit(budi, '50000')
  assert.equal(body.status, 'pending', JSON.stringify(body))
  // Also where the machine was so slow that the answer came from the job.
  await until(async () => (await statusOf(body.invoice)) === 'pending awaiting', 10_000)
  return { budi, invoice: body.invoice }
}

async function statusOf(invoice: string): Promise<string> {
  const row = await store.db.one<{ status: string }>(sql`
    select d.status || ' ' || p.status as status
      from deposits d join payments p on p.deposit_id = d.id where d.invoice_id = ${invoice}`)
  return row.status
}

async function depositsOf({ id }: Customer): Promise<number> {
  return (
    await store.db.one<{ n: number }>(sql`select count(*)::int as n from deposits where user_id = ${id}`)
  ).n
}

async function balanceOf({ id }: Customer): Promise<string> {
  const row = await store.db.one<{ balance: string }>(
    sql`select account_balance as balance from users where id = ${id}`,
  )
  return row.balance
}

async function transfersOf(reference: string): Promise<readonly (readonly [string, string, bigint])[]> {
  const rows = await store.db.many<{ from: string; to: string; amount: bigint }>(sql`
    select debit as from, credit as to, amount from ledger.journal(${reference}) order by credit`)
  return rows.map(({ from, to, amount }) => [from, to, amount] as const)
}

async function messages(invoice: string, kind: string): Promise<number> {
  const row = await store.db.one<{ n: number }>(sql`
    select count(*)::int as n from telegram_outbox where ref_id = ${invoice} and payload ->> 'kind' = ${kind}`)
  return row.n
}
