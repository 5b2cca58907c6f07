/** Vouchers of payments: what they take off, who gets one, and that each is free again when its payment ends unpaid. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { until } from '../../../../test/until.ts'
import type { Person } from '../../../../test/userstate.ts'
import { openWalletWithGateway } from '../../../../test/userstate-gateway.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { newId } from '../../../kernel/ids.ts'
import { verify } from '../../../ledger/ledger.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { compareBooks } from '../finance/reconciliation.ts'

const wallet = await openWalletWithGateway()
const { xendit, owner } = wallet
const shop = await wallet.service('onmarket', ['payments:charge', 'payments:settle'])
await wallet.payee('onbooking')

beforeEach(() => xendit.behave())
afterEach(async () => {
  assert.deepEqual(await verify(owner), [])
  const miscounted = await owner.many(sql`
    select v.code from voucher v where v.redeemed_count <> (
      select count(*) from voucher_redemption r where r.code = v.code and r.status <> 'CANCELLED')`)
  assert.deepEqual(miscounted, [])
})

/** Answers its code. */
const voucher = async (terms: Readonly<Record<string, string | number | boolean | null>>) => {
  const row = { code: `V${newId().slice(-12)}`.toUpperCase(), kind: 'DISCOUNT_FIXED', value: 5_000, ...terms }
  await owner.run(sql`
    insert into voucher (code, kind, value, max_discount, min_amount, quota, per_user_limit, payee, active, starts_at, ends_at)
      select code, kind, value, max_discount, coalesce(min_amount, 0), quota, coalesce(per_user_limit, 1), payee,
        coalesce(active, true), starts_at, ends_at
      from jsonb_populate_record(null::voucher, ${sql.json(row)}::jsonb)`)
  return row.code
}
const pay = (as: Person, amount: number, code: string, body: object = {}, key: string = newId()) =>
  wallet.post('/payments', {
    as,
    key,
    body: { payee: 'onmarket', amount: String(amount), voucher_code: code, ...body },
  })
const charge = (username: string, amount: number, code: string, commission: number) =>
  wallet.post('/payments', {
    headers: shop,
    key: newId(),
    body: {
      username,
      payee: 'onmarket',
      amount: String(amount),
      voucher_code: code,
      commission_onmarket: String(commission),
    },
  })
const settle = (what: 'capture' | 'release' | 'refund', id: string, more: object = {}) =>
  wallet.post(`/payments/${id}/${what}`, {
    headers: shop,
    key: newId(),
    ...(what === 'capture' ? {} : { body: { reason: 'as agreed', ...more } }),
  })
const account = async (name: string) =>
  (
    await owner.maybeOne<{ balance: bigint }>(
      sql`select balance from ledger.account_balance where name = ${name}`,
    )
  )?.balance ?? 0n
const funds = async ({ username }: Person) => {
  const row = await owner.one<{ balance: number; held: number }>(sql`
    select balance, in_transaction as held from user_balance where username = ${username}`)
  return [row.balance, row.held]
}
/** How often it is used, and what became of the uses. */
const uses = async (code: string) => {
  const { used } = await owner.one<{ used: number }>(
    sql`select redeemed_count as used from voucher where code = ${code}`,
  )
  const rows = await owner.many<{ status: string }>(
    sql`select status from voucher_redemption where code = ${code} order by id`,
  )
  return [used, ...rows.map(({ status }) => status)]
}
const statusOf = async (id: string) =>
  (await owner.one<{ status: string }>(sql`select status from user_transaction where id = ${id}`)).status
const invoiceOf = async (id: string) =>
  (await owner.one<{ id: string }>(sql`select xendit_invoice as id from user_transaction where id = ${id}`))
    .id

test('check 42: what is taken off is rounded down and capped, the payee gets the whole price, a refund returns it', async () => {
  const cases: [object, number, number][] = [
    [{ value: 5_000 }, 30_000, 5_000],
    [{ value: 5_000, max_discount: 3_000 }, 30_000, 3_000],
    [{ kind: 'DISCOUNT_PERCENT', value: 15 }, 9_999, 1_499],
    [{ kind: 'DISCOUNT_PERCENT', value: 50, max_discount: 10_000 }, 30_000, 10_000],
    [{ kind: 'DISCOUNT_PERCENT', value: 100 }, 2_147_483_647, 2_147_483_647],
    [{ value: 50_000 }, 30_000, 30_000],
  ]
  for (const [terms, price, discount] of cases) {
    const budi = await wallet.person({ balance: 30_000 })
    const code = await voucher({ ...terms })
    const { status, body } = await pay(budi, price, code.toLowerCase())
    const told = JSON.stringify([terms, body])
    assert.deepEqual(
      [status, body.status, body.amount, body.amount_2],
      [201, 'PENDING', String(price - discount), String(price)],
      told,
    )
    assert.deepEqual(await uses(code), [1, 'RESERVED'], told)
    assert.equal((await settle('release', body.id)).body.status, 'CANCELLED')
  }
  const before = async () => [await account('payee:onmarket'), await account('expense:voucher')]
  const [payee = 0n, expense = 0n] = await before()
  const budi = await wallet.person({ balance: 30_000 })
  const code = await voucher({ value: 4_000 })
  const { body } = await charge(budi.username, 30_000, code, 1_000)
  assert.deepEqual(await funds(budi), [30_000, 26_000])
  assert.equal((await settle('capture', body.id)).body.status, 'PAID')
  assert.equal((await settle('capture', body.id)).body.status, 'PAID')
  assert.deepEqual(await funds(budi), [4_000, 0])
  assert.deepEqual(await before(), [payee + 29_000n, expense - 4_000n])
  assert.deepEqual(await uses(code), [1, 'REDEEMED'])
  const { body: mine } = await wallet.get('/vouchers/redemptions', { as: budi })
  assert.deepEqual([mine.items[0].transaction_id, mine.items[0].value], [body.id, 4_000])
  // The last rupiah of a refund returns the discount, not the first.
  assert.equal((await settle('refund', body.id, { amount: '13000' })).status, 201)
  assert.equal(await account('expense:voucher'), expense - 4_000n)
  assert.equal((await settle('refund', body.id)).body.amount, '13000')
  assert.deepEqual(await funds(budi), [30_000, 0])
  assert.deepEqual(await before(), [payee, expense])
  assert.deepEqual(await uses(code), [1, 'REDEEMED'])
})

test('check 42: each reason why a voucher cannot be used has its code, and nothing is left of the try', async () => {
  const budi = await wallet.person({ balance: 50_000 })
  const at = (hours: number) => new Date(wallet.clock.now().getTime() + hours * 3_600_000).toISOString()
  const used = await voucher({})
  assert.equal((await pay(budi, 10_000, used)).status, 201)
  const cases: [string, number, string][] = [
    ['NOT-THERE', 404, 'voucher_unknown'],
    [await voucher({ active: false }), 409, 'voucher_inactive'],
    [await voucher({ ends_at: at(-1) }), 409, 'voucher_inactive'],
    [await voucher({ starts_at: at(1) }), 409, 'voucher_inactive'],
    [await voucher({ quota: 0 }), 409, 'voucher_exhausted'],
    [used, 409, 'voucher_already_used'],
    [await voucher({ min_amount: 10_001 }), 422, 'voucher_min_amount'],
    [await voucher({ kind: 'BALANCE' }), 422, 'voucher_wrong_kind'],
    [await voucher({ kind: 'POINTS' }), 422, 'voucher_wrong_kind'],
    [await voucher({ payee: 'onbooking' }), 422, 'voucher_wrong_kind'],
  ]
  for (const [code, status, refusal] of cases) {
    const answer = await pay(budi, 10_000, code)
    assert.deepEqual([answer.status, answer.body.code], [status, refusal], code)
  }
  // One per cent of 99 rupiah would use the voucher up for nothing.
  const tiny = await pay(budi, 99, await voucher({ kind: 'DISCOUNT_PERCENT', value: 1 }))
  assert.deepEqual([tiny.status, tiny.body.code], [422, 'voucher_min_amount'])
  const dear = await voucher({})
  assert.equal((await pay(budi, 60_001, dear)).body.code, 'insufficient_funds')
  assert.deepEqual(await uses(dear), [0])
  assert.equal((await pay(budi, 10_000, 'no spaces please')).body.code, 'validation_failed')
  assert.deepEqual(await funds(budi), [50_000, 5_000])
})

test('check 41: of twenty who pay at once five get a voucher of five; who gives theirs back makes room for one more', async () => {
  const code = await voucher({ quota: 5 })
  const crowd: Person[] = []
  for (let i = 0; i < 20; i++) crowd.push(await wallet.person({ balance: 10_000 }))
  const answers = await Promise.all(crowd.map((who) => pay(who, 10_000, code)))
  const made = answers.filter(({ status }) => status === 201)
  assert.equal(made.length, 5)
  const refused = answers.filter(({ status }) => status !== 201).map(({ body }) => body.code)
  assert.deepEqual(new Set(refused), new Set(['voucher_exhausted']))
  assert.equal((await uses(code))[0], 5)
  assert.equal((await settle('release', made[0]?.body.id)).body.status, 'CANCELLED')
  assert.equal((await uses(code))[0], 4)
  const more: Person[] = []
  for (let i = 0; i < 4; i++) more.push(await wallet.person({ balance: 10_000 }))
  const again = await Promise.all(more.map((who) => pay(who, 10_000, code, { capture: 'automatic' })))
  assert.equal(again.filter(({ status }) => status === 201).length, 1)
  assert.equal((await uses(code))[0], 5)
})

test('check 41: the limit of one person holds for many payments at once, and counts what was given back no more', async () => {
  const budi = await wallet.person({ balance: 100_000 })
  const code = await voucher({ per_user_limit: 2 })
  const tries = await Promise.all(Array.from({ length: 8 }, () => pay(budi, 10_000, code)))
  const made = tries.filter(({ status }) => status === 201)
  assert.equal(made.length, 2)
  const refused = tries.filter(({ status }) => status !== 201).map(({ body }) => body.code)
  assert.deepEqual(new Set(refused), new Set(['voucher_already_used']))
  assert.equal((await settle('release', made[0]?.body.id)).status, 200)
  const again = await Promise.all(Array.from({ length: 4 }, () => pay(budi, 10_000, code)))
  assert.equal(again.filter(({ status }) => status === 201).length, 1)
  assert.equal((await uses(code))[0], 2)
})

test('check 41: of taking and giving back at once one wins, and the voucher follows it', async () => {
  const code = await voucher({ per_user_limit: 100 })
  const budi = await wallet.person({ balance: 100_000 })
  const held: string[] = []
  for (let i = 0; i < 8; i++) held.push((await pay(budi, 10_000, code)).body.id)
  await Promise.all(held.flatMap((id) => [settle('capture', id), settle('release', id)]))
  const statuses = await Promise.all(held.map(statusOf))
  const taken = statuses.filter((status) => status === 'PAID').length
  assert.equal(statuses.filter((status) => status === 'CANCELLED').length, 8 - taken)
  const [used, ...rows] = await uses(code)
  assert.equal(used, taken)
  assert.equal(rows.filter((status) => status === 'REDEEMED').length, taken)
  assert.equal(rows.filter((status) => status === 'CANCELLED').length, 8 - taken)
  assert.deepEqual(await funds(budi), [100_000 - taken * 5_000, 0])
})

test('check 41: a hold that expires, a gateway that refuses and an invoice that expires free the voucher; late money is the payer’s', async () => {
  const budi = await wallet.person({ balance: 10_000 })
  const code = await voucher({ quota: 1, value: 1_000 })
  const held = await pay(budi, 10_000, code, { hold_minutes: 1 })
  await wallet.advance({ minutes: 2 })
  await until(async () => (await statusOf(held.body.id)) === 'EXPIRED')
  assert.deepEqual(await uses(code), [0, 'CANCELLED'])
  const again = await wallet.signIn(budi)
  xendit.faults.arm({ kind: 'rejected', times: 1 })
  assert.equal((await pay(again, 25_000, code, { method: 'XENDIT' })).body.code, 'gateway_rejected')
  assert.deepEqual(await uses(code), [0, 'CANCELLED', 'CANCELLED'])
  const payee = await account('payee:onmarket')
  const { body: paid } = await pay(again, 25_000, code, { method: 'XENDIT' })
  const late = await invoiceOf(paid.id)
  xendit.invoices.expire(late)
  await until(async () => (await statusOf(paid.id)) === 'EXPIRED')
  assert.equal((await uses(code))[0], 0)
  // Somebody else has it by the time the money comes.
  const siti = await wallet.person()
  const { body: other } = await pay(siti, 20_000, code, { method: 'XENDIT' })
  xendit.pay(late, { force: true, webhook: { copies: 3 } })
  await until(async () => (await funds(budi))[0] === 34_000)
  xendit.pay(await invoiceOf(other.id), { webhook: { copies: 3 } })
  await until(async () => (await statusOf(other.id)) === 'PAID')
  await wallet.callbacksDone()
  assert.deepEqual(await funds(budi), [34_000, 0])
  assert.equal((await account('payee:onmarket')) - payee, 20_000n)
  assert.deepEqual(await uses(code), [1, 'CANCELLED', 'CANCELLED', 'CANCELLED', 'REDEEMED'])
})

test('a price that a voucher pays whole: the payee has it, nobody is invited by it, and it is refunded once', async () => {
  const [budi, siti] = [await wallet.person(), await wallet.person()]
  const { body: me } = await wallet.get('/referrals/me', { as: siti })
  await wallet.post('/referrals', { as: budi, body: { referral_code: me.code } })
  const code = await voucher({ value: 20_000, per_user_limit: 3 })
  const payee = await account('payee:onmarket')
  const { body: direct } = await pay(budi, 20_000, code, { method: 'XENDIT' })
  assert.deepEqual([direct.status, direct.amount, direct.xendit_url], ['PAID', '0', null])
  const { body: atOnce } = await pay(budi, 20_000, code, { capture: 'automatic' })
  assert.deepEqual([atOnce.status, atOnce.balance_after], ['PAID', null])
  const held = await charge(budi.username, 20_000, code, 500)
  assert.equal(held.body.status, 'PENDING')
  assert.equal((await settle('capture', held.body.id)).body.status, 'PAID')
  assert.equal((await account('payee:onmarket')) - payee, 59_500n)
  const { body: wallets } = await wallet.get('/wallet', { as: budi })
  assert.deepEqual([wallets.balance, wallets.points], ['0', '0'])
  assert.equal((await wallet.get('/referrals/me', { as: budi })).body.status, 'PENDING')
  const refunds = await Promise.all(Array.from({ length: 4 }, () => settle('refund', held.body.id)))
  assert.deepEqual(refunds.map(({ status }) => status).toSorted(), [201, 422, 422, 422])
  assert.equal((await account('payee:onmarket')) - payee, 40_000n)
  assert.equal((await uses(code))[0], 3)
})

test('the connection killed while a voucher is reserved or redeemed leaves nothing half done', async () => {
  const killOn = async (what: 'insert' | 'update') => {
    await owner.run(
      sql.raw(`create function kill_here() returns trigger language plpgsql security definer as $$
        begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$;`),
    )
    await owner.run(
      sql.raw(`create trigger kill_here before ${what} on voucher_redemption for each row
        execute function kill_here()`),
    )
    return () => owner.run(sql.raw('drop trigger kill_here on voucher_redemption; drop function kill_here()'))
  }
  const budi = await wallet.person({ balance: 10_000 })
  const code = await voucher({ quota: 1, value: 4_000 })
  const key = newId()
  const live = await killOn('insert')
  assert.ok((await pay(budi, 10_000, code, {}, key)).status >= 500)
  await live()
  assert.deepEqual([await funds(budi), await uses(code)], [[10_000, 0], [0]])
  const { body } = await pay(budi, 10_000, code, {}, key)
  const again = await killOn('update')
  assert.ok((await settle('capture', body.id)).status >= 500)
  assert.ok((await settle('release', body.id)).status >= 500)
  await again()
  assert.deepEqual(
    [await statusOf(body.id), await funds(budi), await uses(code)],
    ['PENDING', [10_000, 6_000], [1, 'RESERVED']],
  )
  assert.equal((await settle('capture', body.id)).body.status, 'PAID')
  assert.deepEqual(
    [await funds(budi), await uses(code)],
    [
      [4_000, 0],
      [1, 'REDEEMED'],
    ],
  )
})

test('the process killed while the gateway makes the invoice: the voucher stays reserved, and one invoice redeems it', async () => {
  const budi = await wallet.person()
  const code = await voucher({ quota: 1, value: 4_000 })
  xendit.faults.arm({ kind: 'timeout_after_effect', endpoint: 'create_invoice', times: 1 })
  const fixture = join(import.meta.dirname, '../gateway/killed.fixture.ts')
  const child = spawn(process.execPath, [fixture, 'payment', budi.username, code], {
    env: { ...process.env, ...wallet.childEnvironment },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  await until(async () => xendit.faults.armed.length === 0 && (await uses(code))[1] === 'RESERVED')
  child.kill('SIGKILL')
  await once(child, 'exit')
  await wallet.advance({ seconds: 16 })
  const { id, invoice } = await owner.one<{ id: bigint; invoice: string }>(
    sql`select id, invoice from user_transaction where username = ${budi.username}`,
  )
  const [only, ...others] = xendit.invoices.of(invoice)
  assert.deepEqual([only?.id, only?.amount, others], [await invoiceOf(String(id)), 26_000, []])
  const payee = await account('payee:onmarket')
  xendit.pay(only?.id ?? '')
  await until(async () => (await statusOf(String(id))) === 'PAID')
  assert.deepEqual(await uses(code), [1, 'REDEEMED'])
  assert.equal((await account('payee:onmarket')) - payee, 30_000n)
})

test('a hand on psql cannot use a voucher too often, nor change what a use was worth or a price was', async () => {
  const budi = await wallet.person({ balance: 10_000 })
  const code = await voucher({ quota: 1 })
  const { body } = await pay(budi, 10_000, code)
  const use = sql`insert into voucher_redemption (username, code, status) values (${budi.username}, ${code}, 'REDEEMED')`
  await assert.rejects(owner.run(use), { code: 'voucher_exhausted' })
  for (const change of [
    sql`update voucher_redemption set value = 9000 where code = ${code}`,
    sql`update voucher_redemption set transaction_id = null where code = ${code}`,
    sql`update user_transaction set amount_2 = '99999' where id = ${body.id}`,
  ])
    await assert.rejects(owner.run(change), { code: 'immutable_column' })
  const byHand = sql`update voucher_redemption set status = 'CANCELLED' where code = ${code}`
  const gone = sql`delete from voucher_redemption where code = ${code}`
  // The payee would be paid without what the voucher took off.
  for (const change of [byHand, gone]) await assert.rejects(owner.run(change), { code: 'immutable_column' })
  assert.equal((await settle('release', body.id)).status, 200)
  assert.deepEqual(await uses(code), [0, 'CANCELLED'])
  await assert.rejects(owner.run(sql`update voucher_redemption set status = 'REDEEMED' where code = ${code}`))
  await owner.run(use)
  assert.equal((await uses(code))[0], 1)
  await assert.rejects(owner.run(gone), { code: 'immutable_column' })
})

/** As a hand could only with the triggers off. */
const withoutTriggers = (change: ReturnType<typeof sql>) =>
  inTransaction(owner, systemCaller, async (tx) => {
    await tx.run(sql`set local session_replication_role = replica`)
    await tx.run(change)
  })

test('money of the gateway for a payment whose voucher is lost is the payer’s, and flagged', async () => {
  const budi = await wallet.person()
  const code = await voucher({})
  const { body } = await pay(budi, 25_000, code, { method: 'XENDIT' })
  await withoutTriggers(
    sql`update voucher_redemption set status = 'CANCELLED' where transaction_id = ${body.id}`,
  )
  await withoutTriggers(sql`update voucher set redeemed_count = 0 where code = ${code}`)
  xendit.pay(await invoiceOf(body.id))
  await until(async () => (await statusOf(body.id)) === 'FAILED')
  const { body: failed } = await wallet.get(`/transactions/${body.id}`, { as: budi })
  assert.equal(failed.gateway_error, 'VOUCHER_MISMATCH')
  assert.equal((await wallet.get('/wallet', { as: budi })).body.balance, '20000')
})

test('a redemption lost with triggers off: the payment is not taken, and what was taken before is found', async () => {
  const budi = await wallet.person({ balance: 20_000 })
  const code = await voucher({ per_user_limit: 2 })
  const lose = (id: string, change: ReturnType<typeof sql>) =>
    withoutTriggers(sql`${change} where transaction_id = ${id}`)
  const cancel = sql`update voucher_redemption set status = 'CANCELLED'`
  const { body: held } = await pay(budi, 10_000, code)
  await lose(held.id, cancel)
  const taken = await settle('capture', held.id)
  assert.deepEqual([taken.status, taken.body.code], [409, 'immutable_column'])
  assert.equal(await statusOf(held.id), 'PENDING')
  assert.deepEqual(
    (await compareBooks(owner)).map(({ violation }) => violation),
    ['voucher was not used as often as it says'],
  )
  await lose(held.id, sql`update voucher_redemption set status = 'RESERVED'`)
  const { body: paid } = await pay(budi, 10_000, code, { capture: 'automatic' })
  assert.equal(paid.status, 'PAID')
  assert.deepEqual(await compareBooks(owner), [])
  const price = (amount: string) =>
    withoutTriggers(sql`update user_transaction set amount_2 = ${amount} where id = ${paid.id}`)
  await price('11000')
  const [found, ...others] = await compareBooks(owner)
  assert.deepEqual(
    [found?.violation, found?.subject, others],
    ['payee did not get what a voucher took off', `user_transaction ${paid.id}`, []],
  )
  await price('10000')
})

test('who does not pay keeps a voucher for payment.hold_minutes at most, and may give it back at once', async () => {
  const [budi, siti] = [await wallet.person({ balance: 10_000 }), await wallet.person()]
  const code = await voucher({ quota: 1, value: 10_000 })
  const minutesLeft = async (id: string) => {
    const { minutes } = await owner.one<{ minutes: number }>(sql`
      select (extract(epoch from expired_at - created_at) / 60)::int4 as minutes from user_transaction where id = ${id}`)
    return minutes
  }
  const long = await pay(budi, 10_000, code, { hold_minutes: 10_080 })
  assert.deepEqual([long.status, long.body.code, long.body.max], [422, 'amount_out_of_range', '30'])
  const { body: held } = await pay(budi, 10_000, code)
  assert.equal(await minutesLeft(held.id), 30)
  const cancel = (id: string, as: Person) => wallet.post(`/payments/${id}/cancel`, { as, key: newId() })
  assert.equal((await cancel(held.id, budi)).status, 404)
  await settle('release', held.id)
  const { body: billed } = await pay(siti, 25_000, code, { method: 'XENDIT' })
  assert.equal(await minutesLeft(billed.id), 30)
  assert.equal((await pay(budi, 10_000, code)).body.code, 'voucher_exhausted')
  assert.equal((await cancel(billed.id, budi)).status, 404)
  assert.equal((await cancel(billed.id, siti)).body.status, 'CANCELLED')
  assert.equal((await cancel(billed.id, siti)).body.status, 'CANCELLED')
  assert.deepEqual(await uses(code), [0, 'CANCELLED', 'CANCELLED'])
  assert.equal(xendit.invoices.get(await invoiceOf(billed.id)).status, 'EXPIRED')
  const { body: bought } = await pay(siti, 25_000, code, { method: 'XENDIT' })
  xendit.pay(await invoiceOf(bought.id))
  await until(async () => (await statusOf(bought.id)) === 'PAID')
  assert.equal((await cancel(bought.id, siti)).body.code, 'already_paid')
  assert.deepEqual(await uses(code), [1, 'CANCELLED', 'CANCELLED', 'REDEEMED'])
})
