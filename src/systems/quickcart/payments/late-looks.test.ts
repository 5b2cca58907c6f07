import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { type Customer, openShop } from '../../../../test/quickcart-shop.ts'
import { until } from '../../../../test/until.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { wholeMoney } from '../../../kernel/money.ts'
import { advanceClock } from '../../../platform/jobs/drain.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { cancel } from './payment.queries.ts'
import { pollAfterClose } from './payment-jobs.ts'

const shop = await openShop()
const { store, owner, pakasir } = shop
await shop.customer({ role: 'admin' })

beforeEach(async () => {
  pakasir.behave()
  if (!store.pakasir.available) await shop.advance({ seconds: 31 })
  await assert.rejects(store.pakasir.detail({ orderId: 'nobody', amount: wholeMoney('IDR', 500) }))
})

/** An order that expired, past its looks after a quarter of an hour and an hour; the money comes now, and unheard. */
async function paidAfterAllButTheLastLook(): Promise<{ budi: Customer; invoice: string }> {
  const { budi, invoice } = await pendingOrder()
  await shop.advance({ minutes: 10, seconds: 1 })
  await shop.advance({ minutes: 15, seconds: 1 })
  await shop.advance({ hours: 1, seconds: 1 })
  pakasir.pay(invoice, { force: true, webhook: { drop: true } })
  pakasir.faults.arm({ kind: 'outage' })
  await shop.advance({ hours: 24, seconds: 1 })
  return { budi, invoice }
}

test('a gateway that is down at the last look is asked on, every hour, until it has answered', async () => {
  const { budi, invoice } = await paidAfterAllButTheLastLook()
  await shop.advance({ hours: 1, seconds: 1 })
  assert.equal(await balanceOf(budi), '0.00')
  pakasir.faults.clear()
  await shop.advance({ hours: 1, seconds: 1 })
  assert.equal(await balanceOf(budi), '30000.00')
  assert.equal(await notices(invoice, 'staff_payment_unanswered'), 0)
})

test('where it stays silent for a day more, the admins are asked to look, once', async () => {
  const { invoice } = await paidAfterAllButTheLastLook()
  for (let hour = 1; hour <= 23; hour++) await shop.advance({ hours: 1, seconds: 1 })
  assert.equal(await notices(invoice, 'staff_payment_unanswered'), 0)
  for (let hour = 24; hour <= 26; hour++) await shop.advance({ hours: 1, seconds: 1 })
  assert.equal(await notices(invoice, 'staff_payment_unanswered'), 1)
  assert.equal(await looksAhead(invoice), 0)
})

test('a last look that was answered is the last', async () => {
  const { invoice } = await pendingOrder()
  await shop.advance({ minutes: 10, seconds: 1 })
  await shop.advance({ minutes: 15, seconds: 1 })
  await shop.advance({ hours: 1, seconds: 1 })
  assert.equal(await looksAhead(invoice), 1)
  await shop.advance({ hours: 24, seconds: 1 })
  assert.equal(await looksAhead(invoice), 0)
})

test('a poll that meets a cancellation does not forget the late looks', async () => {
  const { budi, invoice } = await pendingOrder()
  // The poll of the open payment is under way, held up by the gateway ...
  pakasir.faults.arm({ kind: 'timeout', endpoint: 'detail', times: 1 })
  await advanceClock(store.db, shop.clock, { minutes: 2, seconds: 1 })
  await until(() => pakasir.faults.armed.length === 0)
  await inTransaction(store.db, systemCaller, async (tx) => {
    // ... while somebody cancels, and plans the looks for money that comes all the same ...
    await cancel(tx, invoice, 'owner')
    await pollAfterClose(tx, store, invoice)
    // ... and before that is there for all to see, the poll wants to know how to go on.
    await until(async () => (await owner.db.many(waitingForLocks)).length > 0)
  })
  await shop.drain()
  pakasir.pay(invoice, { force: true, webhook: { drop: true } })
  await shop.advance({ minutes: 2, seconds: 1 })
  await shop.advance({ minutes: 15, seconds: 1 })
  assert.equal(await balanceOf(budi), '30000.00')
})

test('money after a fee mismatch: the ledger holds what the gateway holds', async () => {
  pakasir.settings.feeDeviation = 5
  const { status, body } = await shop.order(await shop.customer(), await shop.product())
  assert.deepEqual([status, body.code], [502, 'gateway_fee_mismatch'])
  pakasir.pay(body.invoice, { force: true })
  await shop.drain()
  const { booked } = await store.db.one<{ booked: bigint }>(sql`
    select sum(t.amount)::bigint as booked from ledger.transfer t join ledger.account d on d.id = t.debit
      where t.reference = ${`late:${body.invoice}`} and d.name = 'gateway.pakasir'`)
  assert.equal(booked, pakasir.get(body.invoice).total)
})

const waitingForLocks = sql`
  select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`

async function pendingOrder(): Promise<{ budi: Customer; invoice: string }> {
  const budi = await shop.customer()
  const { status, body } = await shop.order(budi, await shop.product({ price: 30_000 }))
  assert.equal(status, 201, JSON.stringify(body))
  return { budi, invoice: body.invoice }
}

async function balanceOf({ id }: Customer): Promise<string> {
  const row = await store.db.one<{ balance: string }>(
    sql`select account_balance as balance from users where id = ${id}`,
  )
  return row.balance
}

async function notices(invoice: string, kind: string): Promise<number> {
  const row = await store.db.one<{ n: number }>(sql`
    select count(*)::int as n from telegram_outbox where ref_id = ${invoice} and payload ->> 'kind' = ${kind}`)
  return row.n
}

async function looksAhead(invoice: string): Promise<number> {
  const row = await store.db.one<{ n: number }>(
    sql`select count(*)::int as n from graphile_worker._private_jobs where key = ${`poll:${invoice}`}`,
  )
  return row.n
}
