/** What staff administer beside people: ways to pay, banks, points, callbacks, payouts, the books (UserState, U24). */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { until } from '../../../../test/until.ts'
import type { Person } from '../../../../test/userstate.ts'
import { openWalletWithGateway } from '../../../../test/userstate-gateway.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { newId } from '../../../kernel/ids.ts'
import { verify } from '../../../ledger/ledger.ts'
import { type Sql, sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { holdActiveChannel } from '../choices/bank-channels.ts'
import { compareBooks } from '../finance/reconciliation.ts'

const wallet = await openWalletWithGateway()
const { xendit, owner } = wallet
const roles = ['support', 'finance', 'marketing', 'admin'] as const
type Role = (typeof roles)[number]
const staff: Record<Role, Person> = {
  support: await wallet.person({ roles: ['support'] }),
  finance: await wallet.person({ roles: ['finance'] }),
  marketing: await wallet.person({ roles: ['marketing'] }),
  admin: await wallet.person({ roles: ['admin'] }),
}

beforeEach(() => xendit.behave())

const get = (path: string, role: Role = 'admin') => wallet.get(path, { as: staff[role] })
const send = (method: string, path: string, body: unknown, role: Role = 'admin') =>
  wallet.call(method, path, { as: staff[role], body })

test('each of them is open to the roles it is for, and to nobody else', async () => {
  const somebody = await wallet.person()
  const admins: readonly Role[] = ['admin']
  const money: readonly Role[] = ['finance', 'admin']
  const cases: [string, string, readonly Role[]][] = [
    ['GET', '/admin/payment-types', admins],
    ['POST', '/admin/payment-types', admins],
    ['PATCH', '/admin/payment-types/1', admins],
    ['GET', '/admin/bank-channels', admins],
    ['GET', '/admin/bank-channels/1', admins],
    ['PUT', '/admin/bank-channels/1', admins],
    ['POST', '/admin/adjustments', money],
    ['GET', '/admin/webhooks', money],
    ['POST', '/admin/webhooks/999/replay', money],
    ['POST', '/admin/payouts/999/retry', money],
    ['GET', '/admin/reconciliation', money],
    ['GET', '/admin/referrals/stats', roles],
    ['GET', '/admin/referrals/top', roles],
  ]
  for (const [method, path, allowed] of cases) {
    const ask = async (as?: Person) =>
      (await wallet.call(method, path, { ...(as ? { as } : {}), ...(method === 'GET' ? {} : { body: {} }) }))
        .status
    assert.equal(await ask(), 401, path)
    assert.equal(await ask(somebody), 403, path)
    for (const role of roles) {
      const status = await ask(staff[role])
      assert.equal(status === 403, !allowed.includes(role), `${role}: ${method} ${path} ${status}`)
    }
  }
})

test('ways to pay are made, changed and named once, also by two at a time; a restart leaves them as they are', async () => {
  const made = await send('POST', '/admin/payment-types', { name: 'PAYLATER', xendit_methods: ['KREDIVO'] })
  assert.deepEqual([made.status, made.body.status, made.body.xendit_methods], [201, true, ['KREDIVO']])
  const again = await send('POST', '/admin/payment-types', { name: 'PAYLATER' })
  assert.deepEqual([again.status, again.body.code], [409, 'payment_type_exists'])
  const { body: list } = await get('/admin/payment-types')
  assert.equal(list.items.length, 6)
  const [first] = list.items
  const patch = (id: number, body: object) => send('PATCH', `/admin/payment-types/${id}`, body)
  assert.equal((await patch(first.id, { name: 'PAYLATER' })).body.code, 'payment_type_exists')
  const raced = await Promise.all([
    patch(first.id, { name: 'NEW_NAME' }),
    patch(made.body.id, { name: 'NEW_NAME' }),
    send('POST', '/admin/payment-types', { name: 'NEW_NAME' }),
  ])
  assert.equal(raced.filter(({ status }) => status < 300).length, 1)
  assert.equal((await patch(first.id, { name: 'CREDIT_CARD', status: false })).status, 200)
  const asked = await wallet.post('/topups', {
    as: await wallet.person(),
    key: newId(),
    body: { amount: '20000', payment_type: 'CREDIT_CARD' },
  })
  assert.equal(asked.body.code, 'payment_type_inactive')
  const { body: renamed } = await patch(first.id, { xendit_methods: [], name: 'CARD' })
  await wallet.seedAgain()
  const names = async () =>
    (await get('/admin/payment-types')).body.items.map(({ name }: { name: string }) => name)
  assert.ok((await names()).includes('CARD'))
  assert.ok(!(await names()).includes('CREDIT_CARD'))
  assert.deepEqual(
    (await get('/admin/payment-types')).body.items.find(({ name }: { name: string }) => name === 'CARD'),
    renamed,
  )
  assert.equal((await patch(2_000_000, { status: true })).status, 404)
  assert.equal((await send('POST', '/admin/payment-types', { name: 'small letters' })).status, 400)
})

test('banks are made and replaced under their numbers; one that is not active is not offered', async () => {
  const bank = {
    code: 'BSI',
    type: 'BANK',
    currency: 'IDR',
    description: 'Bank Syariah',
    alias: 'syariah,bsm',
    active: true,
  }
  const put = (id: number, body: object) => send('PUT', `/admin/bank-channels/${id}`, body)
  assert.equal((await get('/admin/bank-channels/77')).status, 404)
  const made = await Promise.all(Array.from({ length: 5 }, () => put(77, bank)))
  assert.deepEqual(new Set(made.map(({ status }) => status)), new Set([200]))
  const { body } = await get('/admin/bank-channels/77')
  assert.deepEqual(body, { id: 77, ...bank, xendit_code: null })
  const found = async () => (await wallet.get('/bank-channels?q=syariah', { as: staff.support })).body.items
  assert.equal((await found()).length, 1)
  assert.equal((await put(77, { ...bank, active: false, xendit_code: 'ID_BSI' })).body.xendit_code, 'ID_BSI')
  assert.deepEqual(await found(), [])
  await put(77, { ...bank, xendit_code: 'ID_BSI' })
  const stored = { channel: 77, account_number: '1234567890', account_holder_name: 'Ayu' }
  assert.equal((await wallet.post('/bank-accounts', { as: await wallet.person(), body: stored })).status, 201)
  for (const other of [{ code: 'BRI' }, { xendit_code: 'ID_BRI' }, { type: 'EWALLET' }]) {
    const refusal = await put(77, { ...bank, ...other })
    assert.deepEqual([refusal.status, refusal.body.code], [409, 'bank_channel_in_use'])
  }
  assert.equal((await put(77, { ...bank, active: false, alias: null })).status, 200)
  // An account that is being added meanwhile is there when the bank may change.
  await put(78, { ...bank, code: 'BJB' })
  const late = await wallet.person()
  const moved = await inTransaction(owner, systemCaller, async (tx) => {
    await holdActiveChannel(tx, 78)
    const putting = put(78, { ...bank, code: 'BRI' })
    await until(async () => {
      const { waits } = await owner.one<{ waits: boolean }>(
        sql`select exists (select from pg_locks where locktype = 'advisory' and not granted) as waits`,
      )
      return waits
    })
    await tx.run(sql`
      insert into bank_account (username, channel, account_holder_name) values (${late.username}, 78, 'Ayu')`)
    return { putting }
  })
  assert.equal((await moved.putting).body.code, 'bank_channel_in_use')
  const account = { channel: 77, account_number: '1234567890', account_holder_name: 'Budi' }
  const refused = await wallet.post('/bank-accounts', { as: await wallet.person(), body: account })
  assert.equal(refused.body.code, 'bank_channel_inactive')
  assert.equal((await put(77, { ...bank, type: 'SHOE_BOX' })).status, 400)
  const { body: list } = await get('/admin/bank-channels?limit=3')
  assert.equal((await get(`/admin/bank-channels?cursor=${list.next_cursor}`)).body.items.length, 3)
  await wallet.auditArrives()
  const { body: record } = await get('/admin/audit?entity_type=bank_channel&entity_id=77')
  assert.equal(record.items.length, 4)
  assert.equal(record.items[0].actor, staff.admin.username)
})

test('finance gives and takes points once per key, never its own, never more than there are', async () => {
  const budi = await wallet.person({ points: '10' })
  const adjust = (direction: string, amount: string, key: string = newId(), more: object = {}) =>
    wallet.post('/admin/adjustments', {
      as: staff.finance,
      key,
      body: { username: budi.username, unit: 'PTS', direction, amount, reason: 'a forgotten bonus', ...more },
    })
  const key = newId()
  const [one, two] = [await adjust('credit', '2.5', key), await adjust('credit', '2.5', key)]
  assert.deepEqual([one.status, one.body.type, one.body.src, one.body.amount], [201, 'EARN', 'MANUAL', '2.5'])
  assert.equal(one.body.reference_number, 'a forgotten bonus')
  assert.equal(two.body.id, one.body.id)
  assert.equal((await adjust('credit', '3', key)).body.code, 'idempotency_key_reused')
  const debits = await Promise.all(Array.from({ length: 5 }, () => adjust('debit', '4')))
  assert.equal(debits.filter(({ status }) => status === 201).length, 3)
  const refused = debits.filter(({ status }) => status !== 201).map(({ body }) => body.code)
  assert.deepEqual(new Set(refused), new Set(['insufficient_points']))
  const { body } = await wallet.get('/points', { as: budi })
  assert.deepEqual(body, { balance: '0.5', held: '0', earned: '12.5', redeemed: '12' })
  const own = { username: staff.finance.username }
  assert.equal((await adjust('credit', '1', newId(), own)).body.code, 'forbidden')
  assert.equal((await adjust('credit', '1', newId(), { username: 'nobody' })).status, 404)
  assert.equal((await adjust('credit', '1', newId(), { reason: '' })).status, 400)
  assert.equal((await adjust('credit', '1.5', newId(), { unit: 'IDR' })).body.code, 'validation_failed')
  assert.equal((await adjust('credit', '1500', newId(), { unit: 'IDR' })).body.type, 'ADJUSTMENT')
  await wallet.auditArrives()
  const { body: record } = await get(`/admin/audit?entity_type=point_mutation&entity_id=${one.body.id}`)
  assert.deepEqual(
    record.items.map(({ actor, context }: { actor: string; context: { reason: string } }) => [
      actor,
      context.reason,
    ]),
    [[staff.finance.username, 'a forgotten bonus']],
  )
})

test('a callback that is worked off again books nothing twice; one that matched nothing is shown to finance', async () => {
  const budi = await wallet.person()
  const topup = async () =>
    (await wallet.post('/topups', { as: budi, key: newId(), body: { amount: '50000' } })).body
  const balance = async () => (await wallet.get('/wallet', { as: budi })).body.balance
  const { id } = await topup()
  const { gateway } = await owner.one<{ gateway: string }>(
    sql`select xendit_invoice as gateway from user_transaction where id = ${id}`,
  )
  xendit.pay(gateway)
  await until(async () => (await balance()) === '50000')
  await wallet.callbacksDone()
  const { body: page } = await get('/admin/webhooks?limit=1', 'finance')
  const [event] = page.items
  assert.deepEqual([event.source, event.status, event.last_error], ['xendit.invoices', 'processed', null])
  const replay = (which: string) => send('POST', `/admin/webhooks/${which}/replay`, undefined, 'finance')
  const answers = await Promise.all(Array.from({ length: 5 }, () => replay(event.id)))
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([202]))
  await wallet.drain()
  assert.equal(await balance(), '50000')
  const look = async () => (await get('/admin/webhooks?limit=1', 'finance')).body.items[0]
  assert.deepEqual([(await look()).id, (await look()).status], [event.id, 'processed'])
  assert.equal((await replay('999999999')).status, 404)
  await fetch(`${wallet.origin}/userstate/v1/webhooks/xendit/invoices`, {
    method: 'POST',
    headers: { 'x-callback-token': wallet.callbackToken, 'webhook-id': 'stranger-1' },
    body: JSON.stringify({ id: 'a'.repeat(24), external_id: 'INV-0', status: 'PAID' }),
  })
  await wallet.drain()
  const { body: waiting } = await get('/admin/webhooks?attention=true', 'finance')
  assert.deepEqual(
    waiting.items.map(({ event_id, status }: { event_id: string; status: string }) => [event_id, status]),
    [['stranger-1', 'unmatched']],
  )
  const { body: newest } = await get('/admin/webhooks?limit=1', 'finance')
  const { body: older } = await get(`/admin/webhooks?limit=1&cursor=${newest.next_cursor}`, 'finance')
  assert.equal(older.items[0].id, event.id)
})

test('a payout that waits is sent when finance says so, once; one that has ended is not touched', async () => {
  await wallet.change('payout.otp_required', false)
  const budi = await wallet.person({ balance: 100_000 })
  const { body: account } = await wallet.post('/bank-accounts', {
    as: budi,
    body: { channel: 1, account_number: '1234567001', account_holder_name: 'Budi' },
  })
  xendit.faults.arm({ kind: 'server_error', endpoint: 'create_payout', times: 1 })
  const { body: payout } = await wallet.post('/payouts', {
    as: budi,
    key: newId(),
    body: { bank_account_id: account.id, amount: '40000' },
  })
  const row = () =>
    owner.one<{ status: string; attempts: number; gateway: string | null; reference: string }>(sql`
      select status, attempts, xendit_payout_id as gateway, reference_id as reference from payout
      where id = ${payout.id}`)
  await until(async () => (await row()).attempts === 1 && xendit.faults.armed.length === 0)
  const retry = () => send('POST', `/admin/payouts/${payout.id}/retry`, undefined, 'finance')
  const answers = await Promise.all([retry(), retry()])
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([202]))
  await until(async () => (await row()).gateway !== null)
  const { gateway, reference } = await row()
  assert.equal(xendit.payouts.list().filter((each) => each.referenceId === reference).length, 1)
  xendit.payouts.finish(gateway ?? '')
  assert.ok([202, 409].includes((await retry()).status))
  await until(async () => (await row()).status === 'SUCCEEDED')
  const late = await retry()
  assert.deepEqual([late.status, late.body.code], [409, 'payout_closed'])
  assert.equal((await wallet.get('/wallet', { as: budi })).body.balance, '60000')
})

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
  const { body: before } = await get('/admin/reconciliation?limit=5', 'finance')
  assert.equal(before.ledger, null)
  assert.equal(before.gateway.held, String(xendit.balance))
  assert.equal(before.gateway.difference, '0')
  assert.equal(before.unbacked.items.length, 5)
  const { body: rest } = await get(`/admin/reconciliation?cursor=${before.unbacked.next_cursor}`, 'finance')
  assert.equal(rest.unbacked.items.length, 2)
  assert.equal(rest.unbacked.next_cursor, null)
  xendit.faults.arm({ kind: 'server_error', endpoint: 'balance', times: 1 })
  const { body: down } = await get('/admin/reconciliation', 'finance')
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
