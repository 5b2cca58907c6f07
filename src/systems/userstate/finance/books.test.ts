/** The books against themselves, the gateway and the rows: what agrees, and what names a fault (UserState, section 4). */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { until } from '../../../../test/until.ts'
import { openWalletWithGateway } from '../../../../test/userstate-gateway.ts'
import { newId } from '../../../kernel/ids.ts'
import { verify } from '../../../ledger/ledger.ts'
import { type Sql, sql } from '../../../postgres/sql.ts'
import { compareBooks } from './reconciliation.ts'

const wallet = await openWalletWithGateway()
const { xendit, owner } = wallet
const staff = {
  finance: await wallet.person({ roles: ['finance'] }),
  admin: await wallet.person({ roles: ['admin'] }),
}

beforeEach(() => xendit.behave())

const get = (path: string) => wallet.get(path, { as: staff.finance })

test('the books agree with themselves and with the gateway, fees and all; what has no transfer is listed', async () => {
  xendit.settings = { ...xendit.settings, fee: { perMille: 0, fixed: 4_000 } }
  const budi = await wallet.person()
  const { body: topup } = await wallet.post('/topups', { as: budi, key: newId(), body: { amount: '70000' } })
  const { gateway } = await owner.one<{ gateway: string }>(
    sql`select xendit_invoice as gateway from user_transaction where id = ${topup.id}`,
  )
  xendit.pay(gateway)
  await until(async () => (await wallet.get('/wallet', { as: budi })).body.balance === '70000')
  await wallet.callbacksDone()
  const { rows } = await owner.one<{ rows: number }>(sql`
    with imported as (
      insert into user_transaction (username, type, amount, invoice, status, created_at)
        select ${budi.username}, 'TOPUP', n, 'OLD-' || n, 'PAID', '2020-01-01' from generate_series(1, 7) n returning 1)
    select count(*)::int4 as rows from imported`)
  assert.equal(rows, 7)
  const { body: before } = await get('/admin/reconciliation?limit=5')
  assert.equal(before.ledger, null)
  assert.equal(before.gateway.held, String(xendit.balance))
  assert.equal(before.gateway.difference, '0')
  assert.equal(before.unbacked.items.length, 5)
  const { body: rest } = await get(`/admin/reconciliation?cursor=${before.unbacked.next_cursor}`)
  assert.equal(rest.unbacked.items.length, 2)
  assert.equal(rest.unbacked.next_cursor, null)
  xendit.faults.arm({ kind: 'server_error', endpoint: 'balance', times: 1 })
  const { body: down } = await get('/admin/reconciliation')
  assert.deepEqual([down.gateway.held, down.gateway.difference], [null, null])
  await wallet.advance({ days: 1 })
  const signedIn = await wallet.signIn(staff.finance)
  const { body: after } = await wallet.get('/admin/reconciliation', { as: signedIn })
  assert.deepEqual(after.ledger.violations, [])
  assert.ok(new Date(after.ledger.checked_at) > new Date('2020-01-01'))
  const accounts = new Map(
    after.accounts.map((each: { name: string; balance: string }) => [each.name, each.balance]),
  )
  assert.equal(accounts.get('expense:gateway_fee'), '4000')
  assert.deepEqual(await verify(owner), [])
})

/** As nobody can who has not taken the guards away first. */
const byHand = async (table: Sql, change: Sql) => {
  await owner.run(sql`alter table ${table} disable trigger user`)
  await owner.run(sql`update ${table} set ${change}`)
  await owner.run(sql`alter table ${table} enable trigger user`)
}

test('a planted fault is named with its amount: a dropped callback, a balance and a row changed by hand', async () => {
  const finance = await wallet.signIn(staff.finance)
  const difference = async () =>
    (await wallet.get('/admin/reconciliation', { as: finance })).body.gateway.difference
  const ayu = await wallet.person({ balance: 5_000 })
  const { body: topup } = await wallet.post('/topups', { as: ayu, key: newId(), body: { amount: '64000' } })
  const { gateway, transfer } = await owner.one<{ gateway: string; transfer: string }>(sql`
    select xendit_invoice as gateway, ledger.id_of('opening:' || username)::text as transfer
    from user_transaction where id = ${topup.id}`)
  assert.equal(await difference(), '0')
  xendit.pay(gateway, { webhook: { drop: true } })
  assert.equal(await difference(), '64000')
  await wallet.advance({ minutes: 11 })
  await until(
    async () => (await wallet.get('/wallet', { as: await wallet.signIn(ayu) })).body.balance === '69000',
  )
  assert.equal(await difference(), '0')

  const ofAyu = sql`where username = ${ayu.username}`
  const opening = sql`where id = ${transfer}::uuid`
  await byHand(sql`user_balance`, sql`balance = balance + 777 ${ofAyu}`)
  await byHand(sql`ledger.transfer`, sql`amount = amount + 13 ${opening}`)
  const named = new Map(
    (await verify(owner)).map((found) => [`${found.violation}: ${found.subject}`, found.details]),
  )
  const account = `wallet:${ayu.username}`
  assert.deepEqual(named.get(`projection differs: ${account}`), {
    column: 'user_balance.balance',
    shown: '69777',
    ledger: '69000',
  })
  assert.deepEqual(named.get(`balance is not the sum of entries: ${account}`), {
    balance: '69000',
    sum: '69013',
  })
  await byHand(sql`user_balance`, sql`balance = balance - 777 ${ofAyu}`)
  await byHand(sql`ledger.transfer`, sql`amount = amount - 13 ${opening}`)
  assert.deepEqual(await verify(owner), [])
})

test('payouts, refunds and vouchers without their money, or with another sum, are named with the amount', async () => {
  await wallet.change('payout.otp_required', false)
  await wallet.change('payout.fee', 2_500)
  const [dewi, admin, finance] = await Promise.all([
    wallet.person({ balance: 100_000 }),
    wallet.signIn(staff.admin),
    wallet.signIn(staff.finance),
  ])
  await wallet.payee('toko')
  const { body: account } = await wallet.post('/bank-accounts', {
    as: dewi,
    body: { channel: 1, account_number: '1234567001', account_holder_name: 'Dewi' },
  })
  const { body: payout } = await wallet.post('/payouts', {
    as: dewi,
    key: newId(),
    body: { bank_account_id: account.id, amount: '40000' },
  })
  const payoutNow = () =>
    owner.one<{ status: string; gateway: string | null }>(
      sql`select status, xendit_payout_id as gateway from payout where id = ${payout.id}`,
    )
  await until(async () => (await payoutNow()).gateway !== null)
  // Succeeded by a hand, while its money is only held.
  const ofPayout = sql`where id = ${payout.id}`
  const { status } = await payoutNow()
  await byHand(sql`payout`, sql`status = 'SUCCEEDED' ${ofPayout}`)
  const found = async () =>
    new Map((await compareBooks(owner)).map((each) => [`${each.violation}: ${each.subject}`, each.details]))
  const differs = 'money is not what its row says'
  const wallets = `wallet:${dewi.username}`
  const early = await found()
  assert.deepEqual(early.get(`payout is not as its row says: payout ${payout.id}`), {
    payout: 'SUCCEEDED',
    row: 'PENDING',
    amount: 40_000,
  })
  assert.ok(early.has(`${differs}: payout:${payout.id}`))
  await byHand(sql`payout`, sql`status = ${status} ${ofPayout}`)
  xendit.payouts.finish((await payoutNow()).gateway ?? '')
  await until(async () => (await payoutNow()).status === 'SUCCEEDED')

  const { body: payment } = await wallet.post('/payments', {
    as: dewi,
    key: newId(),
    body: { payee: 'toko', amount: '30000', capture: 'automatic' },
  })
  const { body: refund } = await wallet.post(`/payments/${payment.id}/refund`, {
    as: finance,
    key: newId(),
    body: { amount: '10000', reason: 'damaged' },
  })
  const redeemed: string[] = []
  for (const [code, kind] of [
    ['GIFT', 'BALANCE'],
    ['STARS', 'POINTS'],
  ]) {
    await wallet.post('/admin/vouchers', { as: admin, body: { code, kind, value: 700, quota: 9 } })
    const { body } = await wallet.post('/vouchers/redemptions', { as: dewi, key: newId(), body: { code } })
    redeemed.push(String(body.id))
  }
  assert.deepEqual(await compareBooks(owner), [])

  await byHand(sql`payout`, sql`amount = 41000 ${ofPayout}`)
  await byHand(sql`user_transaction`, sql`amount = amount + 5 where id = ${refund.id}`)
  await byHand(sql`user_transaction`, sql`status = 'FAILED' where id = ${payment.id}`)
  const more = await owner.many<{ id: number }>(sql`
    insert into voucher_redemption (username, code, status, value)
    select ${staff.admin.username}, code, 'REDEEMED', value from voucher where code in ('GIFT', 'STARS') order by code
    returning id`)
  const late = await found()
  const [gift, stars] = more.map(({ id }) => id)
  assert.deepEqual(late.get(`${differs}: voucher:${gift}`), {
    account: `wallet:${staff.admin.username}`,
    part: 'sum',
    says: 700,
    posted: 0,
  })
  assert.deepEqual(late.get(`voucher was used without its points: voucher_redemption ${stars}`), {
    says: 700,
    earned: 0,
  })
  assert.deepEqual(late.get(`${differs}: refund:${refund.id}`), {
    account: wallets,
    part: 'sum',
    says: 10_005,
    posted: 10_000,
  })
  assert.deepEqual(late.get(`${differs}: pay:${payment.id}`), {
    account: 'payee:toko',
    part: 'sum',
    says: 0,
    posted: 30_000,
  })
  const ofPart = new Map(
    (await compareBooks(owner))
      .filter(({ subject }) => subject === `payout:${payout.id}`)
      .map(({ details }) => [details.part, details]),
  )
  assert.deepEqual(ofPart.get('sum'), { account: wallets, part: 'sum', says: 41_000, posted: 40_000 })
  assert.deepEqual(ofPart.get('fee'), { account: wallets, part: 'fee', says: 1_500, posted: 2_500 })
  await byHand(sql`payout`, sql`amount = 40000 ${ofPayout}`)
  await byHand(sql`user_transaction`, sql`amount = amount - 5 where id = ${refund.id}`)
  await byHand(sql`user_transaction`, sql`status = 'PAID' where id = ${payment.id}`)
  await byHand(sql`voucher_redemption`, sql`status = 'CANCELLED' where id = any(${more.map(({ id }) => id)})`)
  await byHand(sql`voucher`, sql`redeemed_count = 1 where code in ('GIFT', 'STARS')`)
  assert.deepEqual(await compareBooks(owner), [])
  await byHand(sql`voucher_redemption`, sql`status = 'CANCELLED' where id = ${redeemed[0]}`)
  await byHand(sql`voucher`, sql`redeemed_count = 0 where code = 'GIFT'`)
  assert.deepEqual((await found()).get(`${differs}: voucher:${redeemed[0]}`), {
    account: wallets,
    part: 'sum',
    says: 0,
    posted: 700,
  })
  await byHand(sql`voucher_redemption`, sql`status = 'REDEEMED' where id = ${redeemed[0]}`)
  await byHand(sql`voucher`, sql`redeemed_count = 1 where code = 'GIFT'`)
  await wallet.change('payout.fee', 0)
})

test('finance adjusts a wallet once per key, never its own; history pages without loss and knows the balance after', async () => {
  const [budi, finance] = [await wallet.person(), await wallet.signIn(staff.finance)]
  const adjust = (direction: string, amount: number, key: string = newId(), username = budi.username) =>
    wallet.post('/admin/adjustments', {
      as: finance,
      key,
      body: { username, direction, amount: String(amount), reason: 'a correction' },
    })
  const key = newId()
  const [one, two] = [await adjust('credit', 500, key), await adjust('credit', 500, key)]
  assert.deepEqual([one.status, one.body.id], [201, two.body.id])
  assert.equal((await adjust('debit', 501)).body.code, 'insufficient_funds')
  assert.equal((await adjust('credit', 1, newId(), finance.username)).status, 403)
  assert.equal(
    (await wallet.post('/admin/adjustments', { as: budi, key: newId(), body: one.body })).status,
    403,
  )
  const debits = await Promise.all(Array.from({ length: 7 }, () => adjust('debit', 100)))
  assert.equal(debits.filter(({ status }) => status === 201).length, 5)
  // Equal times are told apart by their ids.
  await owner.run(
    sql`update user_transaction set created_at = '2026-01-01' where username = ${budi.username}`,
  )
  const seen: [string, string][] = []
  for (let cursor = ''; ; ) {
    const { body } = await wallet.get(`/transactions?limit=2${cursor && `&cursor=${cursor}`}`, { as: budi })
    for (const item of body.items) seen.push([item.id, item.balance_after])
    if (body.next_cursor === null) break
    cursor = body.next_cursor
  }
  assert.equal(new Set(seen.map(([id]) => id)).size, 6)
  assert.deepEqual(seen.map(([, balance]) => balance).toSorted(), ['0', '100', '200', '300', '400', '500'])
  const { body } = await wallet.get('/transactions/summary', { as: budi })
  assert.deepEqual(body.items, [{ status: 'PAID', count: 6, total_amount: '1000' }])
  const admin = await wallet.get(`/admin/transactions?username=${budi.username}&status=PAID`, { as: finance })
  assert.equal(admin.body.items.length, 6)
  for (const holder of ['onbooking', 'onmarket']) await wallet.payee(holder)
  const { body: payees } = await wallet.get('/admin/payees', { as: finance })
  const holders = payees.items.map(({ holder }: { holder: string }) => holder)
  assert.deepEqual(holders, holders.toSorted())
  assert.ok(holders.includes('onbooking') && holders.includes('onmarket'))
})

test('a correction or refund beyond what a wallet can show is refused, and works once there is room', async () => {
  const [budi, finance] = [await wallet.person({ balance: 500 }), await wallet.signIn(staff.finance)]
  await wallet.payee('kios')
  const { body: paid } = await wallet.post('/payments', {
    as: budi,
    key: newId(),
    body: { payee: 'kios', amount: '500', capture: 'automatic' },
  })
  const ask = (path: string, body: object) => wallet.post(path, { as: finance, key: newId(), body })
  const adjust = (direction: string, amount: string) =>
    ask('/admin/adjustments', { username: budi.username, direction, amount, reason: 'a correction' })
  const refund = () => ask(`/payments/${paid.id}/refund`, { reason: 'returned' })
  assert.equal((await adjust('credit', '2147483647')).status, 201)
  for (const { status, body } of [
    await adjust('credit', '2147483647'),
    await adjust('credit', '1'),
    await refund(),
  ]) {
    assert.deepEqual([status, body.code], [422, 'wallet_limit_exceeded'])
  }
  assert.equal((await adjust('debit', '500')).status, 201)
  assert.equal((await refund()).status, 201)
})
