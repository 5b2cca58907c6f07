/** Money in: from the button to the wallet, with a gateway that plays every trick on us. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { beforeEach, test } from 'node:test'
import { until } from '../../../../test/until.ts'
import { openWalletWithGateway } from '../../../../test/userstate-gateway.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { newId } from '../../../kernel/ids.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { createInvoice } from '../gateway/create-invoice.ts'

const wallet = await openWalletWithGateway()
const { xendit, owner } = wallet

beforeEach(() => xendit.behave())

const topUp = (as: { token: string }, amount = 50_000, more: { key?: string; body?: object } = {}) =>
  wallet.post('/topups', { as, key: more.key ?? newId(), body: { amount: String(amount), ...more.body } })

const statusOf = async (id: string) =>
  (await owner.one<{ status: string }>(sql`select status from user_transaction where id = ${id}`)).status
const balanceOf = async (username: string) =>
  (await owner.one<{ balance: number }>(sql`select balance from user_balance where username = ${username}`))
    .balance
const invoiceOf = async (id: string) => {
  const row = await owner.one<{ id: string | null }>(
    sql`select xendit_invoice as id from user_transaction where id = ${id}`,
  )
  assert.ok(row.id)
  return row.id
}
const logOf = async (xenditId: string, status: string) => {
  const read = () =>
    owner.maybeOne<{ amount: number; data: string }>(sql`
      select (doc ->> 'amount')::int4 as amount, doc ->> 'data' as data from xendit_checkout_logs
      where doc ->> 'id' = ${xenditId} and doc ->> 'status' = ${status}`)
  await until(async () => (await read()) !== undefined)
  const log = await read()
  assert.ok(log)
  return log
}
const isPaid = (id: string) => until(async () => (await statusOf(id)) === 'PAID')
const transfers = async (reference: string) =>
  (
    await owner.one<{ n: number }>(
      sql`select count(*)::int4 as n from ledger.transfer where reference = ${reference}`,
    )
  ).n

test('check 21: a top-up is made, paid at the gateway and credited, by one transfer', async () => {
  const budi = await wallet.person()
  const made = await topUp(budi)
  assert.equal(made.status, 201, JSON.stringify(made.body))
  const { id, xendit_url: url, status, invoice } = made.body
  assert.equal(status, 'PENDING')
  assert.match(invoice, /^INV-[0-9]{6}-[0-9]{6}$/)
  const page = await fetch(url)
  assert.ok((await page.text()).includes(invoice))
  assert.equal((await fetch(`${url}/pay`, { method: 'POST' })).status, 200)
  await isPaid(id)
  assert.equal(await balanceOf(budi.username), 50_000)
  assert.equal(await transfers(`topup:${id}`), 1)
  const { body } = await wallet.get(`/transactions/${id}`, { as: budi })
  assert.deepEqual([body.status, body.balance_after, body.direction], ['PAID', '50000', 'credit'])
  const log = await logOf(await invoiceOf(id), 'PAID')
  assert.equal(log.amount, 50_000)
  assert.ok(!log.data.includes('@'))
})

test('check 22: one callback ten times at once, and once more the next day, is one credit', async () => {
  const budi = await wallet.person()
  const { body } = await topUp(budi)
  const xenditId = await invoiceOf(body.id)
  xendit.pay(xenditId, { webhook: { copies: 10 } })
  await isPaid(body.id)
  await wallet.advance({ days: 1 })
  xendit.sendWebhook(xenditId)
  await wallet.callbacksDone()
  assert.equal(await balanceOf(budi.username), 50_000)
  assert.equal(await transfers(`topup:${body.id}`), 1)
})

test('check 23: EXPIRED before PAID ends paid, PAID before EXPIRED stays paid', async () => {
  const budi = await wallet.person()
  const { body: late } = await topUp(budi)
  const lateId = await invoiceOf(late.id)
  xendit.invoices.expire(lateId)
  await until(async () => (await statusOf(late.id)) === 'EXPIRED')
  xendit.pay(lateId, { force: true })
  await isPaid(late.id)
  assert.equal(await balanceOf(budi.username), 50_000)
  xendit.sendWebhook(lateId, {}, { status: 'EXPIRED' })
  await wallet.callbacksDone()
  assert.equal(await statusOf(late.id), 'PAID')
  assert.equal(await balanceOf(budi.username), 50_000)
})

test('check 24: a dropped callback is made up for by the poll; a wrong token is refused and stored nowhere', async () => {
  const budi = await wallet.person()
  const { body } = await topUp(budi)
  xendit.pay(await invoiceOf(body.id), { webhook: { drop: true } })
  assert.equal(await statusOf(body.id), 'PENDING')
  await wallet.advance({ minutes: 16 })
  await isPaid(body.id)
  const stored = () => owner.one<{ n: number }>(sql`select count(*)::int4 as n from niaga.inbox`)
  const before = await stored()
  const forged = { id: 'x', external_id: body.invoice, status: 'PAID' }
  for (const headers of [{ 'x-callback-token': 'guess' }, {}]) {
    const answer = await wallet.post('/webhooks/xendit/invoices', { headers, body: forged })
    assert.deepEqual([answer.status, answer.body.code], [401, 'webhook_token_invalid'])
  }
  const headers = { 'x-callback-token': wallet.callbackToken }
  const malformed = await wallet.post('/webhooks/xendit/invoices', { headers, body: { id: 1 } })
  assert.deepEqual([malformed.status, malformed.body.code], [400, 'webhook_malformed'])
  assert.deepEqual(await stored(), before)
})

test('check 25: a callback with the right token for what the gateway has as pending credits nothing', async () => {
  const budi = await wallet.person()
  const { body } = await topUp(budi)
  xendit.sendWebhook(await invoiceOf(body.id), {}, { status: 'PAID' })
  await wallet.callbacksDone()
  for (const seconds of [6, 31, 121]) await wallet.advance({ seconds })
  assert.equal(await statusOf(body.id), 'PENDING')
  assert.equal(await balanceOf(budi.username), 0)
  assert.equal(await wallet.lastCallback(), 'unconfirmed')
})

test('a callback of late money that comes before the gateway says so itself is not used up', async () => {
  const budi = await wallet.person()
  const { body } = await topUp(budi)
  const xenditId = await invoiceOf(body.id)
  xendit.invoices.expire(xenditId)
  await until(async () => (await statusOf(body.id)) === 'EXPIRED')
  await wallet.callbacksDone()
  xendit.sendWebhook(xenditId, {}, { status: 'PAID' })
  await wallet.callbacksDone()
  assert.equal(await wallet.lastCallback(), 'received')
  xendit.pay(xenditId, { force: true, webhook: { drop: true } })
  await wallet.advance({ seconds: 6 })
  await isPaid(body.id)
  await wallet.drain()
  assert.equal(await wallet.lastCallback(), 'processed')
})

/** An invoice at the gateway that we have not adopted. */
const invoiceAt = (externalId: string, username?: string) =>
  xendit.invoices.create({
    externalId,
    amount: 50_000,
    payerEmail: '',
    description: '',
    validSeconds: 3_600,
    methods: [],
    metadata: username === undefined ? {} : { username },
  })
/** A top-up for which the gateway was never asked. */
const unasked = ({ username }: { username: string }) =>
  inTransaction(wallet.store.db, systemCaller, async (tx) => {
    const { id } = await tx.one<{ id: bigint }>(sql`select open_topup(${username}, 50000, null, null) as id`)
    return await tx.one<{ id: string; invoice: string }>(
      sql`select id::text, invoice from user_transaction where id = ${id}`,
    )
  })

test('an invoice of before a restore under a number that is now another’s: not credited, not taken for theirs', async () => {
  const [siti, budi] = [await wallet.person(), await wallet.person()]
  const { id, invoice } = await unasked(budi)
  const before = invoiceAt(invoice, siti.username)
  await createInvoice(wallet.store, systemCaller, BigInt(id), {}, 1)
  assert.notEqual(await invoiceOf(id), before.id)
  assert.equal(xendit.invoices.get(before.id).status, 'PENDING')
  xendit.pay(before.id)
  await wallet.callbacksDone()
  for (const seconds of [6, 31, 121]) await wallet.advance({ seconds })
  await wallet.drain()
  assert.deepEqual([await statusOf(id), await wallet.lastCallback()], ['PENDING', 'unconfirmed'])
  assert.deepEqual([await balanceOf(siti.username), await balanceOf(budi.username)], [0, 0])
})

test('of two invoices under one number the one that can be paid stays; the other one’s end is not the top-up’s', async () => {
  const budi = await wallet.person()
  const { id, invoice } = await unasked(budi)
  const [first, second] = [invoiceAt(invoice, budi.username), invoiceAt(invoice, budi.username)]
  xendit.invoices.expire(first.id)
  await wallet.callbacksDone()
  assert.equal(await statusOf(id), 'PENDING')
  const third = invoiceAt(invoice, budi.username)
  await createInvoice(wallet.store, systemCaller, BigInt(id), {}, 1)
  await wallet.callbacksDone()
  const paid = await invoiceOf(id)
  const [kept, other] = paid === second.id ? [second, third] : [third, second]
  const states = [kept, other].map((each) => [each.id, xendit.invoices.get(each.id).status])
  assert.deepEqual(states, [
    [paid, 'PENDING'],
    [other.id, 'EXPIRED'],
  ])
  xendit.pay(paid)
  await isPaid(id)
})

/** A process that makes a top-up with a gateway that never answers, killed in the middle of it. */
async function killedMidway(username: string, fault: 'timeout' | 'timeout_after_effect') {
  xendit.faults.arm({ kind: fault, endpoint: 'create_invoice', times: 1 })
  const fixture = join(import.meta.dirname, '../gateway/killed.fixture.ts')
  const child = spawn(process.execPath, [fixture, 'topup', username], {
    env: { ...process.env, ...wallet.childEnvironment },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const count = () =>
    owner.one<{ n: number }>(
      sql`select count(*)::int4 as n from user_transaction where username = ${username} and status = 'PENDING'`,
    )
  await until(async () => xendit.faults.armed.length === 0 && (await count()).n === 1)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const { id } = await owner.one<{ id: bigint }>(
    sql`select id from user_transaction where username = ${username} and status = 'PENDING'`,
  )
  return String(id)
}

test('check 26: killed before or after the gateway made the invoice, the job finishes with exactly one', async () => {
  for (const fault of ['timeout', 'timeout_after_effect'] as const) {
    const budi = await wallet.person()
    const id = await killedMidway(budi.username, fault)
    await wallet.advance({ seconds: 16 })
    const xenditId = await invoiceOf(id)
    const { invoice } = await owner.one<{ invoice: string }>(
      sql`select invoice from user_transaction where id = ${id}`,
    )
    assert.deepEqual(
      xendit.invoices.of(invoice).map((each) => each.id),
      [xenditId],
      fault,
    )
    xendit.pay(xenditId)
    await isPaid(id)
    assert.equal(await balanceOf(budi.username), 50_000)
  }
})

test('check 27: a gateway that is down answers 202 and the address comes later; one that refuses, 502 and FAILED', async () => {
  const budi = await wallet.person()
  xendit.faults.arm({ kind: 'server_error', times: 1 })
  const slow = await topUp(budi)
  assert.deepEqual([slow.status, slow.body.xendit_url], [202, null])
  await wallet.advance({ seconds: 16 })
  const { body } = await wallet.get(`/transactions/${slow.body.id}`, { as: budi })
  assert.match(body.xendit_url, /^http/)
  xendit.faults.arm({ kind: 'rejected', times: 1 })
  const key = newId()
  for (let i = 0; i < 2; i++) {
    const refused = await topUp(budi, 50_000, { key })
    assert.deepEqual([refused.status, refused.body.code], [502, 'gateway_rejected'])
  }
  const { items } = (await wallet.get('/transactions?status=FAILED', { as: budi })).body
  assert.deepEqual(
    items.map((each: { gateway_error: string }) => each.gateway_error),
    ['API_VALIDATION_ERROR'],
  )
})

test('check 28: the wallet’s limit counts what is pending; one key, one row, one answer', async () => {
  const budi = await wallet.person({ balance: 10_000_000 })
  const key = newId()
  const first = await topUp(budi, 9_000_000, { key })
  assert.equal(first.status, 201)
  const tooMuch = await topUp(budi, 1_000_001)
  assert.deepEqual([tooMuch.status, tooMuch.body.code], [422, 'wallet_limit_exceeded'])
  assert.deepEqual((await topUp(budi, 9_000_000, { key })).body, first.body)
  const other = await topUp(budi, 9_000_001, { key })
  assert.deepEqual([other.status, other.body.code], [422, 'idempotency_key_reused'])
  const unkeyed = await wallet.post('/topups', { as: budi, body: { amount: '50000' } })
  assert.equal(unkeyed.body.code, 'idempotency_key_required')
  const rows = await owner.many(sql`select id from user_transaction where username = ${budi.username}`)
  assert.equal(rows.length, 1)
  assert.equal((await topUp(budi, 9_999)).body.code, 'amount_out_of_range')
  for (const amount of ['1.5', '1e5', '-50000', '', 50_000]) {
    const wrong = await wallet.post('/topups', { as: budi, key: newId(), body: { amount } })
    assert.deepEqual([wrong.status, wrong.body.code], [400, 'validation_failed'], String(amount))
  }
})

test('twenty top-ups at once under one limit: as many as fit, and never more', async () => {
  const budi = await wallet.person({ balance: 15_000_000 })
  const answers = await Promise.all(Array.from({ length: 20 }, () => topUp(budi, 1_000_000)))
  assert.equal(answers.filter(({ status }) => status < 300).length, 5)
  const again = answers.find(({ status }) => status === 422)
  assert.equal(again?.body.code, 'wallet_limit_exceeded')
})

test('check 29: a hundred top-ups at once: numbers without gap or repeat, also past one that fails', async () => {
  const people: Awaited<ReturnType<typeof wallet.person>>[] = []
  for (let i = 0; i < 10; i++) people.push(await wallet.person())
  const open = (username: string, breaks = false) =>
    inTransaction(wallet.store.db, systemCaller, async (tx) => {
      const { id } = await tx.one<{ id: bigint }>(
        sql`select open_topup(${username}, 10000, null, null) as id`,
      )
      const { invoice } = await tx.one<{ invoice: string }>(
        sql`select invoice from user_transaction where id = ${id}`,
      )
      if (breaks) throw new Error('something after the insert')
      return invoice
    })
  const opened = await Promise.allSettled(
    Array.from({ length: 100 }, (_, i) => open(people[i % 10]?.username ?? '', i % 10 === 7)),
  )
  const numbers = opened
    .flatMap((each) => (each.status === 'fulfilled' ? [Number(each.value.slice(-6))] : []))
    .toSorted((a, b) => a - b)
  assert.equal(numbers.length, 90)
  const [first = 0] = numbers
  assert.deepEqual(
    numbers,
    Array.from({ length: 90 }, (_, i) => first + i),
  )
  await wallet.advance({ days: 32 })
  assert.match(await open(people[0]?.username ?? ''), /-000001$/)
})

test('cancelled: nobody can pay it any more; paid first, it is credited and says so', async () => {
  const budi = await wallet.person()
  const { body: unpaid } = await topUp(budi)
  const cancel = (id: string) => wallet.post(`/topups/${id}/cancel`, { as: budi, key: newId() })
  assert.equal((await cancel(unpaid.id)).body.status, 'CANCELLED')
  assert.equal((await cancel(unpaid.id)).body.status, 'CANCELLED')
  assert.equal(xendit.invoices.get(await invoiceOf(unpaid.id)).status, 'EXPIRED')
  const { body: paid } = await topUp(budi)
  xendit.pay(await invoiceOf(paid.id), { webhook: { drop: true } })
  assert.equal((await cancel(paid.id)).body.code, 'already_paid')
  assert.equal(await balanceOf(budi.username), 50_000)
  const other = await wallet.person()
  const stranger = await wallet.post(`/topups/${paid.id}/cancel`, { as: other, key: newId() })
  assert.equal(stranger.status, 404)
})

test('cancelled, and the gateway’s word of that comes before ours: it is cancelled all the same, also when asked again', async () => {
  const budi = await wallet.person()
  const { body: made } = await topUp(budi)
  const cancel = () => wallet.post(`/topups/${made.id}/cancel`, { as: budi, key: newId() })
  // It has ended at the gateway, whose callback comes, and we have no answer and ask.
  xendit.faults.arm({ kind: 'timeout_after_effect', endpoint: 'expire_invoice', times: 1 })
  const first = await cancel()
  assert.deepEqual([first.status, first.body.status], [200, 'CANCELLED'])
  assert.equal((await cancel()).body.status, 'CANCELLED')
  await wallet.callbacksDone()
  assert.equal(await statusOf(made.id), 'CANCELLED')
})

test('cancelled while its invoice is being adopted: nobody can pay that any more', async () => {
  const budi = await wallet.person()
  const { id, invoice } = await unasked(budi)
  const made = invoiceAt(invoice, budi.username)
  const cancelling = await inTransaction(owner, systemCaller, async (tx) => {
    await tx.run(sql`select adopt_invoice(${id}, ${made.id}, 'https://gateway.example')`)
    const answer = wallet.post(`/topups/${id}/cancel`, { as: budi, key: newId() })
    await wallet.locksAwaited(1)
    return { answer }
  })
  const { body } = await cancelling.answer
  assert.deepEqual([body.status, xendit.invoices.get(made.id).status], ['CANCELLED', 'EXPIRED'])
})

test('a row that cannot be booked keeps nobody behind it waiting', async () => {
  const budi = await wallet.person()
  const [first, second] = [(await topUp(budi)).body, (await topUp(budi)).body]
  await owner.run(sql`
    create function refuse_one() returns trigger language plpgsql as $$ begin raise 'not this one'; end $$`)
  await owner.run(
    sql.raw(`create trigger refuse_one before update on user_transaction
      for each row when (new.id = ${first.id} and new.status = 'PAID') execute function refuse_one()`),
  )
  for (const { id } of [first, second]) xendit.pay(await invoiceOf(id), { webhook: { drop: true } })
  await wallet.advance({ minutes: 11 })
  await isPaid(second.id)
  assert.equal(await balanceOf(budi.username), 50_000)
  await owner.run(sql`drop function refuse_one cascade`)
  await wallet.advance({ minutes: 6 })
  await isPaid(first.id)
  assert.equal(await balanceOf(budi.username), 100_000)
})

test('a button asks the gateway now, once in ten seconds', async () => {
  const budi = await wallet.person()
  const { body } = await topUp(budi)
  xendit.pay(await invoiceOf(body.id), { webhook: { drop: true } })
  const sync = () => wallet.post(`/topups/${body.id}/sync`, { as: budi })
  assert.equal((await sync()).body.status, 'PAID')
  const again = await sync()
  assert.deepEqual([again.status, again.body.code], [429, 'rate_limited'])
})

test('another sum is credited as it came and flagged, a fee is booked, another currency moves nothing', async () => {
  const budi = await wallet.person()
  xendit.settings = { ...xendit.settings, fee: { perMille: 0, fixed: 4_000 } }
  const { body: less } = await topUp(budi)
  const lessId = await invoiceOf(less.id)
  xendit.pay(lessId, { amount: 45_000 })
  await isPaid(less.id)
  assert.equal(await balanceOf(budi.username), 45_000)
  assert.equal(await transfers(`fee:${lessId}`), 1)
  const { body } = await wallet.get(`/transactions/${less.id}`, { as: budi })
  assert.deepEqual([body.amount, body.amount_2, body.gateway_error], ['50000', '45000', 'AMOUNT_MISMATCH'])
  const { body: foreign } = await topUp(budi)
  xendit.pay(await invoiceOf(foreign.id), { currency: 'USD' })
  await wallet.callbacksDone()
  assert.equal(await statusOf(foreign.id), 'PENDING')
  assert.equal(await balanceOf(budi.username), 45_000)
})

test('a fee that the gateway tells only later is booked, once', async () => {
  const budi = await wallet.person()
  const { body } = await topUp(budi)
  const xenditId = await invoiceOf(body.id)
  xendit.pay(xenditId)
  await isPaid(body.id)
  for (const fee of [0, 700, 900]) {
    const { outcome } = await inTransaction(wallet.store.db, systemCaller, (tx) =>
      tx.one<{ outcome: string }>(
        sql`select settle_invoice(${body.id}, ${xenditId}, 50000, 'IDR', ${fee}, null) as outcome`,
      ),
    )
    assert.equal(outcome, 'already')
  }
  const booked = await owner.many<{ amount: bigint }>(
    sql`select amount from ledger.transfer where reference = ${`fee:${xenditId}`}`,
  )
  assert.deepEqual(booked, [{ amount: 700n }])
})

test('two invoices under one number, both paid: the second is the payer’s as well', async () => {
  const budi = await wallet.person()
  const { body } = await topUp(budi)
  xendit.pay(await invoiceOf(body.id))
  await isPaid(body.id)
  const stray = invoiceAt(body.invoice)
  xendit.pay(stray.id, { webhook: { copies: 3 } })
  await until(async () => (await balanceOf(budi.username)) === 100_000)
  await wallet.callbacksDone()
  assert.equal(await balanceOf(budi.username), 100_000)
  const { items } = (await wallet.get('/transactions', { as: budi })).body
  assert.deepEqual(
    items.map(({ src, parent_id }: { src: string; parent_id: string | null }) => [src, parent_id]),
    [
      ['XENDIT_LATE', body.id],
      ['XENDIT', null],
    ],
  )
})

test('what was agreed cannot be rewritten with psql, and a paid top-up stays paid by its transfer', async () => {
  const budi = await wallet.person()
  const { body } = await topUp(budi)
  for (const change of [
    sql`amount = 1`,
    sql`username = 'other'`,
    sql`invoice = 'X'`,
    sql`xendit_invoice = 'X'`,
  ]) {
    await assert.rejects(owner.run(sql`update user_transaction set ${change} where id = ${body.id}`), {
      code: 'immutable_column',
    })
  }
})
