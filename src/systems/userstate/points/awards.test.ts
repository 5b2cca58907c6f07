/** Points, referrals, vouchers, and closing an account (UserState, U14, U15, U16, U21). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openUserstate, type Person } from '../../../../test/userstate.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { hashPassword } from '../../../platform/passwords/hash.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'

const wallet = await openUserstate()
const { owner } = wallet
const marketing = await wallet.person({ roles: ['marketing'] })
const admin = await wallet.person({ roles: ['admin'] })

let keys = 0
const key = () => {
  keys += 1
  return `k-${keys}`
}
const have = async (as: Person) => {
  const { body } = await wallet.get('/wallet', { as })
  return [body.balance, body.points]
}
const toWallet = (as: Person, amount: string, k = key()) =>
  wallet.post('/points/redemptions', { as, key: k, body: { amount } })

test('points become balance at the value that is set, once per key', async () => {
  const as = await wallet.person({ points: '50.5' })
  const k = key()
  const { status, body } = await toWallet(as, '20', k)
  assert.deepEqual([status, body.mutation.amount, body.transaction.balance], [201, '20', '2000'])
  assert.equal((await toWallet(as, '20', k)).body.mutation.id, body.mutation.id)
  assert.equal((await toWallet(as, '21', k)).body.code, 'idempotency_key_reused')
  assert.deepEqual(await have(as), ['2000', '30.5'])
  for (const [amount, code] of [
    ['9', 'amount_out_of_range'],
    ['31', 'insufficient_points'],
    ['1.5', 'validation_failed'],
  ] as const)
    assert.equal((await toWallet(as, amount)).body.code, code, amount)
  // More came in since: the same key is answered as it was.
  await toWallet(await wallet.person({ points: '10' }), '10')
  assert.equal((await toWallet(as, '10')).body.transaction.balance, '3000')
  assert.equal((await toWallet(as, '20', k)).body.transaction.balance, '2000')
  const { body: sums } = await wallet.get('/points', { as })
  assert.deepEqual(sums, { balance: '20.5', held: '0', earned: '50.5', redeemed: '30' })
  const { body: list } = await wallet.get('/points/mutations?limit=1', { as })
  assert.equal(list.items[0].src, 'WALLET')
  assert.ok(list.next_cursor)
})

test('of many redemptions at once no more go through than there are points, and the wallet has a limit', async () => {
  const as = await wallet.person({ points: '100' })
  const answers = await Promise.all(Array.from({ length: 10 }, () => toWallet(as, '30')))
  assert.equal(answers.filter(({ status }) => status === 201).length, 3)
  assert.deepEqual(await have(as), ['9000', '10'])
  const full = await wallet.person({ balance: 19_999_500, points: '50' })
  assert.equal((await toWallet(full, '10')).body.code, 'wallet_limit_exceeded')
})

test('check 37: a service gives, holds, completes and withdraws points of its own alone', async () => {
  const as = await wallet.person({ points: '10' })
  const shop = await wallet.service('shop', ['points:write'])
  const other = await wallet.service('other', ['points:write'])
  const grant = (body: Readonly<Record<string, unknown>>, headers = shop) =>
    wallet.call('POST', '/points/grants', {
      headers,
      key: key(),
      body: { username: as.username, src: 'PROMO', status: 'COMPLETE', ...body },
    })
  const given = await grant({ type: 'EARN', amount: '5.5', reference_number: 'A' })
  assert.deepEqual([given.status, given.body.account_name], [201, 'shop'])
  const { username } = await wallet.person()
  const named = (account_name: string) =>
    grant({ username, type: 'EARN', amount: '1', reference_number: 'N', account_name })
  assert.deepEqual([(await named('other')).status, (await named('shop')).status], [400, 201])
  const ours = { type: 'EARN', amount: '1', reference_number: 'INV-202611-000001', src: 'TRANSACTION' }
  assert.equal((await grant(ours)).body.code, 'duplicate_reference')
  assert.equal(
    (await grant({ type: 'EARN', amount: '5.5', reference_number: 'A' })).body.code,
    'duplicate_reference',
  )
  const held = await grant({ type: 'REDEEM', amount: '15', reference_number: 'B', status: 'PENDING' })
  assert.equal((await wallet.get('/points', { as })).body.held, '15')
  assert.equal(
    (await grant({ type: 'REDEEM', amount: '1', reference_number: 'C' })).body.code,
    'insufficient_points',
  )
  const path = `/points/grants/${held.body.id}`
  assert.equal((await wallet.call('DELETE', path, { headers: other })).status, 404)
  assert.equal((await wallet.post(`${path}/complete`, { headers: other })).status, 404)
  assert.equal((await wallet.call('DELETE', path, { headers: shop })).status, 204)
  const again = await grant({ type: 'REDEEM', amount: '15.5', reference_number: 'D', status: 'PENDING' })
  const done = await wallet.post(`/points/grants/${again.body.id}/complete`, { headers: shop })
  assert.equal(done.body.status, 'COMPLETE')
  const late = await wallet.call('DELETE', `/points/grants/${again.body.id}`, { headers: shop })
  assert.deepEqual([late.status, late.body.code], [409, 'mutation_not_pending'])
  assert.deepEqual(await have(as), ['0', '0'])
  for (const body of [
    { type: 'EARN', amount: '100001', reference_number: 'E' },
    { type: 'EARN', amount: '0', reference_number: 'E' },
    { type: 'EARN', amount: '1.234', reference_number: 'E' },
    { type: 'EARN', amount: '1e3', reference_number: 'E' },
    { type: 'EARN', amount: '1', reference_number: 'E', src: 'REFERRAL' },
  ])
    assert.ok([400, 422].includes((await grant(body)).status), JSON.stringify(body))
  const reader = await wallet.service('reader', ['users:read'])
  assert.equal((await grant({ type: 'EARN', amount: '1', reference_number: 'F' }, reader)).status, 403)
})

const paid = (as: Person, amount: number) =>
  inTransaction(wallet.store.db, systemCaller, async (tx) => {
    const { id } = await tx.one<{ id: bigint }>(sql`
      insert into user_transaction (username, type, amount, invoice, status)
        values (${as.username}, 'PAYMENT', ${amount}, next_document('INVOICE'), 'PAID') returning id`)
    await tx.one(sql`select after_paid(${id}), after_paid(${id})`)
  })

test('a cursor beyond what ids can be is an empty page', async () => {
  const beyond = Buffer.from(JSON.stringify([Number.MAX_SAFE_INTEGER])).toString('base64url')
  const as = await wallet.person()
  for (const path of ['/points/mutations', '/referrals', '/vouchers/redemptions']) {
    const { status } = await wallet.get(`${path}?cursor=${beyond}`, { as })
    assert.equal(status, 200, path)
  }
})

test('check 36: a payment of 25000 earns two points once, at once or when their day has come', async () => {
  const as = await wallet.person()
  await paid(as, 25_000)
  await paid(as, 9_999)
  assert.deepEqual(await have(as), ['0', '2'])
  await wallet.change('points.earn_delay_days', 1)
  await paid(as, 30_000)
  await wallet.change('points.earn_delay_days', 0)
  await wallet.advance({ hours: 12 })
  assert.deepEqual(await have(await wallet.signIn(as)), ['0', '2'])
  await wallet.advance({ days: 2 })
  assert.deepEqual(await have(await wallet.signIn(as)), ['0', '5'])
})

const codeOf = async ({ username }: Person) =>
  (
    await owner.one<{ code: string }>(
      sql`select referral_code as code from user_info where username = ${username}`,
    )
  ).code

test('check 40: a completed referral pays both once, also when two payments complete it at once', async () => {
  const [a, b] = [await wallet.person(), await wallet.person()]
  const apply = (as: Person, code: string) => wallet.post('/referrals', { as, body: { referral_code: code } })
  assert.equal((await apply(b, await codeOf(a))).body.status, 'PENDING')
  assert.equal((await apply(b, await codeOf(a))).body.code, 'referral_already_applied')
  assert.equal((await apply(a, await codeOf(b))).body.code, 'referral_circular')
  assert.equal((await apply(a, await codeOf(a))).body.code, 'referral_self')
  assert.equal((await apply(a, 'NOBODY77')).body.code, 'referral_code_invalid')
  const pay = () =>
    inTransaction(wallet.store.db, systemCaller, async (tx) => {
      const { id } = await tx.one<{ id: bigint }>(sql`
        insert into user_transaction (username, type, amount, invoice, status)
          values (${b.username}, 'TOPUP', 50000, 'I', 'PAID') returning id`)
      await tx.one(sql`select complete_referral(${b.username}, 50000, ${id})`)
    })
  await Promise.all([pay(), pay(), pay()])
  assert.deepEqual(
    [await have(a), await have(b)],
    [
      ['0', '100'],
      ['0', '50'],
    ],
  )
  const { body } = await wallet.get('/referrals/me', { as: a })
  assert.deepEqual(body.totals, { total: 1, pending: 0, completed: 1 })
  const { body: invited } = await wallet.get('/referrals', { as: a })
  assert.deepEqual(
    invited.items.map((one: { username: string }) => one.username),
    [b.username],
  )
})

test('check 40: a referral that leads to nothing in ninety days ends', async () => {
  const [a, b] = [await wallet.person(), await wallet.person()]
  await wallet.post('/referrals', { as: b, body: { referral_code: await codeOf(a) } })
  await wallet.advance({ days: 91 })
  const { token } = await wallet.signIn(b)
  assert.equal((await wallet.get('/referrals/me', { as: { token } })).body.status, 'EXPIRED')
})

const offer = (body: Readonly<Record<string, unknown>>, as: Person = marketing) =>
  wallet.post('/admin/vouchers', { as, body })
const redeem = (as: Person, code: string, k = key()) =>
  wallet.post('/vouchers/redemptions', { as, key: k, body: { code } })

test('check 41: of twenty who redeem at once five get a voucher of five, and nobody gets it twice', async () => {
  const staff = await wallet.signIn(marketing)
  assert.equal((await offer({ code: 'five', kind: 'BALANCE', value: 1000, quota: 5 }, staff)).status, 201)
  const crowd: Person[] = []
  for (let i = 0; i < 20; i++) crowd.push(await wallet.person())
  const answers = await Promise.all(crowd.map((one) => redeem(one, 'FIVE')))
  assert.equal(answers.filter(({ status }) => status === 201).length, 5)
  assert.deepEqual(
    [...new Set(answers.filter(({ status }) => status !== 201).map(({ body }) => body.code))],
    ['voucher_exhausted'],
  )
  await offer({ code: 'ONCE', kind: 'POINTS', value: 7 }, staff)
  const as = await wallet.person()
  const tries = await Promise.all(Array.from({ length: 6 }, () => redeem(as, 'once')))
  assert.equal(tries.filter(({ status }) => status === 201).length, 1)
  assert.deepEqual(await have(as), ['0', '7'])
  const { rows } = await owner.one<{ rows: number }>(sql`
    select redeemed_count as rows from voucher where code = 'FIVE'`)
  assert.equal(rows, 5)
})

test('check 42: what is over, not yet, of another kind or unknown is told by its code', async () => {
  const staff = await wallet.signIn(marketing)
  const as = await wallet.person({ balance: 19_999_999 })
  const at = (hours: number) => new Date(wallet.clock.now().getTime() + hours * 3_600_000).toISOString()
  await offer({ code: 'OVER', kind: 'BALANCE', value: 1, ends_at: at(-1) }, staff)
  await offer({ code: 'SOON', kind: 'BALANCE', value: 1, starts_at: at(1) }, staff)
  await offer({ code: 'OFF', kind: 'BALANCE', value: 1, active: false }, staff)
  await offer({ code: 'CUT', kind: 'DISCOUNT_PERCENT', value: 10 }, staff)
  await offer({ code: 'MUCH', kind: 'BALANCE', value: 5000 }, staff)
  for (const [code, refusal] of [
    ['OVER', 'voucher_inactive'],
    ['SOON', 'voucher_inactive'],
    ['OFF', 'voucher_inactive'],
    ['CUT', 'voucher_wrong_kind'],
    ['NONE', 'voucher_unknown'],
    ['MUCH', 'wallet_limit_exceeded'],
  ] as const)
    assert.equal((await redeem(as, code)).body.code, refusal, code)
  assert.equal((await wallet.get('/vouchers/cut', { as })).body.value, 10)
  assert.equal((await offer({ code: 'CUT', kind: 'POINTS', value: 1 }, staff)).body.code, 'voucher_exists')
  const odd = await offer({ code: 'ODD', kind: 'DISCOUNT_PERCENT', value: 101 }, staff)
  assert.deepEqual([odd.status, odd.body.code], [422, 'voucher_terms_invalid'])
  assert.equal((await offer({ code: 'MINE', kind: 'POINTS', value: 1 }, as)).status, 403)
  await redeem(await wallet.person(), 'MUCH')
  const change = (body: unknown) => wallet.call('PATCH', '/admin/vouchers/much', { as: staff, body })
  assert.equal((await change({ value: 6000 })).body.code, 'voucher_in_use')
  assert.equal((await change({ active: false })).body.active, false)
})

test('check 52: an account closes when nothing is under way, and staff opens it again', async () => {
  const as = await wallet.person({ balance: 5000 })
  const pwd = await hashPassword('closing time 1')
  await owner.run(sql`update user_login set pwd = ${pwd} where username = ${as.username}`)
  await owner.run(sql`insert into fcm (fcm_id, username) values ('device-1', ${as.username})`)
  const close = (extra: Readonly<Record<string, unknown>> = {}) =>
    wallet.post('/users/me/deactivation', {
      as,
      body: { reason: 'not needed', password: 'closing time 1', ...extra },
    })
  await owner.run(sql`select ledger.hold('pay:x', ${`wallet:${as.username}`}, 'equity:adjustment', 100, 'x')`)
  assert.deepEqual((await close()).body.code, 'pending_transactions')
  await owner.run(sql`select ledger.release('pay:x')`)
  assert.equal((await close({ password: 'wrong password 1' })).body.code, 'invalid_credentials')
  const full = await close()
  assert.deepEqual([full.status, full.body.code], [409, 'balance_not_empty'])
  assert.equal((await close({ acknowledge_balance: true })).status, 204)
  assert.equal((await wallet.get('/wallet', { as })).status, 401)
  const login = () => wallet.post('/auth/login', { body: { login: as.username, password: 'closing time 1' } })
  assert.equal((await login()).body.code, 'account_disabled')
  const { enabled, reason } = await owner.one<{ enabled: boolean; reason: string }>(sql`
    select f.enabled, r.reason from fcm f join deactivate_reason r using (username) where f.fcm_id = 'device-1'`)
  assert.deepEqual([enabled, reason], [false, 'not needed'])
  const staff = await wallet.signIn(admin)
  await wallet.call('PATCH', `/admin/users/${as.username}`, { as: staff, body: { disabled: false } })
  assert.equal((await login()).status, 200)
  const { by } = await owner.one<{ by: string }>(sql`
    select reactivated_by as by from deactivate_reason where username = ${as.username}`)
  assert.equal(by, admin.username)
})
