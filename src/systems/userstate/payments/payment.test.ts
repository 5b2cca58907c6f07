/** Paying services: held, taken, given back, refunded; by the wallet and by the gateway. */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { until } from '../../../../test/until.ts'
import { openWalletWithGateway } from '../../../../test/userstate-gateway.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { newId } from '../../../kernel/ids.ts'
import type { Identity } from '../../../platform/access/identity.ts'
import { sql } from '../../../postgres/sql.ts'
import { capturePayment, releasePayment } from './settle-payment.ts'

const wallet = await openWalletWithGateway()
const { xendit, owner, store } = wallet
await wallet.payee('onmarket')
await wallet.payee('onbooking')
const finance = await wallet.person({ roles: ['finance'] })

beforeEach(() => xendit.behave())

type Who = { readonly token: string; readonly username: string }

const pay = (as: Who, amount: number, body: object = {}, key: string = newId()) =>
  wallet.post('/payments', { as, key, body: { payee: 'onmarket', amount: String(amount), ...body } })
const settle = (what: 'capture' | 'release', id: string, as: Who = finance) =>
  wallet.post(`/payments/${id}/${what}`, { as, key: newId(), ...(what === 'release' ? { body: {} } : {}) })
const refund = (id: string, amount?: number, key: string = newId()) =>
  wallet.post(`/payments/${id}/refund`, {
    as: finance,
    key,
    body: { reason: 'returned', ...(amount === undefined ? {} : { amount: String(amount) }) },
  })

const service = (holder: string): Identity => ({
  system: 'userstate',
  subject: `key:${holder}`,
  kind: 'service',
  actor: 'system',
  roles: [],
  scopes: ['service'],
})
const onmarket = await wallet.service('onmarket', ['payments:charge'])
/** A service charges a commission, which people cannot. */
const charge = async (username: string, amount: number, commission: number): Promise<string> => {
  const { body } = await wallet.post('/payments', {
    headers: onmarket,
    key: newId(),
    body: { username, payee: 'onmarket', amount: String(amount), commission_onmarket: String(commission) },
  })
  return body.id
}

/** Opened by the first payment. */
const account = async (name: string) => {
  const found = await owner.maybeOne<{ balance: bigint }>(
    sql`select balance from ledger.account_balance where name = ${name}`,
  )
  return found?.balance ?? 0n
}
const funds = async ({ username }: Who) => {
  const row = await owner.one<{ balance: number; held: number }>(sql`
    select balance, in_transaction as held from user_balance where username = ${username}`)
  return [row.balance, row.held]
}
const gatewayId = async (id: string) =>
  (await owner.one<{ id: string }>(sql`select xendit_invoice as id from user_transaction where id = ${id}`))
    .id
const statusOf = async (id: string) =>
  (await owner.one<{ status: string }>(sql`select status from user_transaction where id = ${id}`)).status

test('check 30: held when it is authorised, the payee’s less the commission when it is taken, back when it is not', async () => {
  const budi = await wallet.person({ balance: 100_000 })
  const before = await account('payee:onmarket')
  const id = await charge(budi.username, 30_000, 3_000)
  assert.deepEqual(await funds(budi), [100_000, 30_000])
  const { body } = await wallet.get('/wallet', { as: budi })
  assert.equal(body.available, '70000')
  const captured = await settle('capture', id)
  assert.deepEqual([captured.status, captured.body.status], [200, 'PAID'])
  assert.deepEqual(await funds(budi), [70_000, 0])
  assert.equal((await account('payee:onmarket')) - before, 27_000n)
  assert.equal((await settle('capture', id)).body.status, 'PAID')
  assert.equal((await account('payee:onmarket')) - before, 27_000n)
  const other = await wallet.person({ balance: 100_000 })
  const { body: held } = await pay(other, 30_000)
  assert.equal((await settle('release', held.id)).body.status, 'CANCELLED')
  assert.deepEqual(await funds(other), [100_000, 0])
  const late = await settle('capture', held.id)
  assert.deepEqual([late.status, late.body.code], [409, 'payment_not_pending'])
})

test('check 31: twenty payments of 10000 at once from 100000: exactly ten', async () => {
  const budi = await wallet.person({ balance: 100_000 })
  const answers = await Promise.all(Array.from({ length: 20 }, () => pay(budi, 10_000)))
  assert.equal(answers.filter(({ status }) => status === 201).length, 10)
  const refused = answers.filter(({ status }) => status !== 201).map(({ body }) => body.code)
  assert.deepEqual(new Set(refused), new Set(['insufficient_funds']))
  assert.deepEqual(await funds(budi), [100_000, 100_000])
})

test('check 32: of taking, giving back and expiring at once exactly one wins; an old hold expires and is freed', async () => {
  const budi = await wallet.person({ balance: 100_000 })
  const before = await account('payee:onmarket')
  const held = []
  for (let i = 0; i < 8; i++) held.push((await pay(budi, 10_000, { hold_minutes: 1 })).body.id)
  const raced = await Promise.all(
    held.flatMap((id, i) => [
      i % 2 === 0 ? settle('capture', id) : settle('release', id),
      i % 2 === 0 ? settle('release', id) : settle('capture', id),
    ]),
  )
  assert.equal(raced.filter(({ status }) => status === 200).length, 8)
  const statuses = await Promise.all(held.map(statusOf))
  const taken = statuses.filter((status) => status === 'PAID').length
  assert.equal(statuses.filter((status) => status === 'CANCELLED').length, 8 - taken)
  assert.deepEqual(await funds(budi), [100_000 - taken * 10_000, 0])
  assert.equal((await account('payee:onmarket')) - before, BigInt(taken * 10_000))
  const { body: forgotten } = await pay(budi, 5_000, { hold_minutes: 1 })
  await wallet.advance({ minutes: 2 })
  const tooLate = settle('capture', forgotten.id)
  await until(async () => (await statusOf(forgotten.id)) === 'EXPIRED')
  assert.match((await tooLate).body.code, /^payment_(expired|not_pending)$/)
  assert.deepEqual(await funds(budi), [100_000 - taken * 10_000, 0])
})

test('a hold that cannot be ended keeps no later one', async () => {
  const budi = await wallet.person({ balance: 30_000 })
  const held: string[] = []
  for (let i = 0; i < 2; i++) held.push((await pay(budi, 10_000, { hold_minutes: 1 })).body.id)
  const [stuck = '', next = ''] = held
  await owner.run(sql`
    create trigger stuck before update on user_transaction for each row when (old.id = ${sql.raw(stuck)})
      execute function niaga.refuse_transition('status', 'id')`)
  await wallet.advance({ minutes: 2 })
  await until(async () => (await statusOf(next)) === 'EXPIRED')
  assert.deepEqual([await statusOf(stuck), await funds(budi)], ['PENDING', [30_000, 10_000]])
  await owner.run(sql`drop trigger stuck on user_transaction`)
  await wallet.advance({ minutes: 1 })
  await until(async () => (await statusOf(stuck)) === 'EXPIRED')
})

test('check 33: another service does not find the payment, and people settle nothing', async () => {
  const budi = await wallet.person({ balance: 10_000 })
  const { body } = await pay(budi, 10_000)
  const asked = { identity: service('onbooking'), id: BigInt(body.id), idempotencyKey: newId() }
  await assert.rejects(capturePayment(store, systemCaller, asked), { code: 'not_found' })
  await assert.rejects(releasePayment(store, systemCaller, { ...asked, reason: null }), { code: 'not_found' })
  assert.equal((await settle('capture', body.id, budi)).status, 403)
  assert.equal(await statusOf(body.id), 'PENDING')
  const own = await capturePayment(store, systemCaller, { ...asked, identity: service('onmarket') })
  assert.equal(own.status, 'PAID')
  assert.equal((await wallet.get(`/payments/${body.id}`, { as: budi })).status, 200)
  const stranger = await wallet.person()
  assert.equal((await wallet.get(`/payments/${body.id}`, { as: stranger })).status, 404)
})

test('what waits for the gateway is given up by whom it is for, once per key and reason, and staff’s reason is kept', async () => {
  const budi = await wallet.person()
  const { body } = await pay(budi, 10_000, { method: 'XENDIT' })
  const key = newId()
  const release = (reason: string) =>
    wallet.post(`/payments/${body.id}/release`, { as: finance, key, body: { reason } })
  for (let i = 0; i < 2; i++) {
    const { status, body: answer } = await release('sold out')
    assert.deepEqual([status, answer.status], [200, 'CANCELLED'])
  }
  assert.equal(xendit.invoices.get(await gatewayId(body.id)).status, 'EXPIRED')
  const other = await release('another reason')
  assert.deepEqual([other.status, other.body.code], [422, 'idempotency_key_reused'])
  await wallet.auditArrives()
  const { n } = await store.audits.one<{ n: number }>(sql`
    select count(*)::int4 as n from audit_logs where action = 'release' and context ->> 'reason' = 'sold out'`)
  assert.equal(n, 1)
  const topUp = (platform: string) =>
    wallet.post('/topups', { as: budi, key, body: { amount: '10000', platform } })
  assert.equal((await topUp('web')).status, 201)
  assert.equal((await topUp('ios')).body.code, 'idempotency_key_reused')
})

test('staff takes, gives back and refunds nothing that they paid themselves', async () => {
  const cashier = await wallet.person({ balance: 10_000, roles: ['finance'] })
  const { body } = await pay(cashier, 10_000)
  assert.equal((await settle('release', body.id, cashier)).body.code, 'forbidden')
  await settle('capture', body.id)
  const asked = { as: cashier, key: newId(), body: { reason: 'mine' } }
  assert.equal((await wallet.post(`/payments/${body.id}/refund`, asked)).body.code, 'forbidden')
  assert.deepEqual(await funds(cashier), [0, 0])
})

test('a service that has nothing yet is paid at once, and the platform keeps its commission of that payment', async () => {
  const budi = await wallet.person({ balance: 10_000 })
  const headers = await wallet.service('newcomer', ['payments:charge'])
  const commission = await account('revenue:commission')
  const body = {
    username: budi.username,
    payee: 'newcomer',
    amount: '4000',
    commission_onmarket: '300',
    capture: 'automatic',
  }
  const made = await wallet.post('/payments', { headers, key: newId(), body })
  assert.deepEqual([made.status, made.body.status, made.body.code], [201, 'PAID', undefined])
  assert.deepEqual(await funds(budi), [6_000, 0])
  assert.equal(await account('payee:newcomer'), 3_700n)
  assert.equal(await account('revenue:commission'), commission + 300n)
})

test('check 51: a service charges only with the scope for it, and sees only what is paid to it', async () => {
  const budi = await wallet.person({ balance: 10_000 })
  const charging = await wallet.service('charging', ['payments:charge', 'payments:read'])
  const usual = await wallet.service('usual')
  const body = { username: budi.username, payee: 'charging', amount: '4000' }
  const chargeBy = (headers: typeof usual) => wallet.post('/payments', { headers, key: newId(), body })
  const refused = await chargeBy(usual)
  assert.deepEqual([refused.status, refused.body.code], [403, 'forbidden'])
  assert.deepEqual(await funds(budi), [10_000, 0])
  const made = await chargeBy(charging)
  assert.deepEqual([made.status, made.body.username], [201, budi.username])
  assert.deepEqual(await funds(budi), [10_000, 4_000])
  const { body: other } = await pay(budi, 1_000, { payee: 'usual' })
  const seen = async (headers: typeof usual, id: string) =>
    (await wallet.get(`/payments/${id}`, { headers })).status
  assert.equal(await seen(charging, made.body.id), 200)
  assert.equal(await seen(charging, other.id), 404)
  assert.equal(await seen(usual, other.id), 200)
  assert.equal(await seen(usual, made.body.id), 404)
  const blind = await wallet.service('charging', ['payments:charge'])
  assert.equal(await seen(blind, made.body.id), 403)
})

test('check 34: refunds in parts up to the whole, the commission to the rupiah, and never beyond the payee’s funds', async () => {
  const budi = await wallet.person({ balance: 30_000 })
  const [payee, commission] = [await account('payee:onmarket'), await account('revenue:commission')]
  const id = await charge(budi.username, 30_000, 1_000)
  await settle('capture', id)
  const key = newId()
  const first = await refund(id, 10_000, key)
  assert.deepEqual([first.status, first.body.type, first.body.commission_onmarket], [201, 'REFUND', '333'])
  assert.equal((await refund(id, 10_000, key)).body.id, first.body.id)
  assert.equal((await refund(id, 20_000)).body.commission_onmarket, '667')
  const more = await refund(id, 1)
  assert.deepEqual([more.status, more.body.code], [422, 'refund_exceeds_payment'])
  assert.deepEqual(await funds(budi), [30_000, 0])
  assert.equal(await account('payee:onmarket'), payee)
  assert.equal(await account('revenue:commission'), commission)
  assert.equal(await statusOf(id), 'PAID')
  const { body: paid } = await pay(budi, 20_000, { payee: 'onbooking', capture: 'automatic' })
  assert.equal(paid.status, 'PAID')
  await wallet.payee('unpaid')
  const settleWith = (holder: string) => {
    const body = { holder, amount: '15000', reference: 'BANK-1' }
    return wallet.post('/admin/settlements', { as: finance, key: newId(), body })
  }
  assert.equal((await settleWith('unpaid')).body.code, 'payee_funds_insufficient')
  assert.equal((await settleWith('nobody')).body.code, 'payee_unknown')
  const settled = await settleWith('onbooking')
  assert.deepEqual([settled.status, settled.body], [201, { holder: 'onbooking', balance: '5000' }])
  const short = await refund(paid.id)
  assert.deepEqual([short.status, short.body.code], [409, 'payee_funds_insufficient'])
  assert.equal((await refund(paid.id, 5_000)).status, 201)
})

test('twenty refunds of a tenth at once: exactly ten, and the commission comes back whole', async () => {
  const budi = await wallet.person({ balance: 10_000 })
  const commission = await account('revenue:commission')
  const id = await charge(budi.username, 10_000, 777)
  await settle('capture', id)
  const answers = await Promise.all(Array.from({ length: 20 }, () => refund(id, 1_000)))
  assert.equal(answers.filter(({ status }) => status === 201).length, 10)
  assert.deepEqual(await funds(budi), [10_000, 0])
  assert.equal(await account('revenue:commission'), commission)
})

test('a crowd that pays, takes, gives back and refunds across each other leaves every rupiah where it belongs', async () => {
  const people: Awaited<ReturnType<typeof wallet.person>>[] = []
  for (let i = 0; i < 4; i++) people.push(await wallet.person({ balance: 50_000 }))
  const payees = ['onmarket', 'onbooking']
  const total = async () => {
    const wallets = await Promise.all(people.map(async (who) => BigInt((await funds(who))[0] ?? 0)))
    const owed = await Promise.all(payees.map((holder) => account(`payee:${holder}`)))
    return [...wallets, ...owed].reduce((sum, each) => sum + each, 0n)
  }
  const before = await total()
  const story = async (i: number) => {
    const who = people[i % people.length]
    if (!who) return
    const { body } = await pay(who, 5_000 + i, { payee: payees[i % 2] })
    await settle(i % 3 === 0 ? 'release' : 'capture', body.id)
    if (i % 3 === 1) await refund(body.id, 1_000)
  }
  await Promise.all(Array.from({ length: 24 }, (_, i) => story(i)))
  assert.equal(await total(), before)
  assert.deepEqual(await Promise.all(people.map(async (who) => (await funds(who))[1])), [0, 0, 0, 0])
})

test('check 35: paid at the gateway it is the payee’s; paid after it had expired it is the payer’s, and nobody else’s', async () => {
  const budi = await wallet.person()
  const before = await account('payee:onmarket')
  const { body: direct } = await pay(budi, 40_000, { method: 'XENDIT' })
  xendit.pay(await gatewayId(direct.id), { webhook: { copies: 3 } })
  await until(async () => (await statusOf(direct.id)) === 'PAID')
  assert.equal((await account('payee:onmarket')) - before, 40_000n)
  assert.deepEqual(await funds(budi), [0, 0])
  const { body: late } = await pay(budi, 25_000, { method: 'XENDIT' })
  const lateId = await gatewayId(late.id)
  xendit.invoices.expire(lateId)
  await until(async () => (await statusOf(late.id)) === 'EXPIRED')
  xendit.pay(lateId, { force: true, webhook: { copies: 3 } })
  await until(async () => (await funds(budi))[0] === 25_000)
  await wallet.callbacksDone()
  assert.deepEqual(await funds(budi), [25_000, 0])
  assert.equal((await account('payee:onmarket')) - before, 40_000n)
  assert.equal(await statusOf(late.id), 'EXPIRED')
  const { body: page } = await wallet.get('/transactions?type=TOPUP', { as: budi })
  assert.deepEqual(
    page.items.map((each: { src: string; parent_id: string }) => [each.src, each.parent_id]),
    [['XENDIT_LATE', late.id]],
  )
})

test('check 36: a payment of 25000 earns two points, refunds take them back, and with a delay they are pending', async () => {
  const budi = await wallet.person({ balance: 100_000 })
  const points = async () => (await wallet.get('/wallet', { as: budi })).body.points
  const { body: paid } = await pay(budi, 25_000, { capture: 'automatic' })
  assert.equal(await points(), '2')
  assert.equal((await refund(paid.id, 12_500)).status, 201)
  assert.equal(await points(), '1')
  assert.equal((await refund(paid.id)).status, 201)
  assert.equal(await points(), '0')
  const earnAfterDays = async (days: number) => {
    await owner.run(sql`
      insert into app_setting (key, value) values ('points.earn_delay_days', ${String(days)}::jsonb)
      on conflict (key) do update set value = excluded.value`)
    await until(() => store.settings.get('points.earn_delay_days') === days)
  }
  await earnAfterDays(1)
  const { body: delayed } = await pay(budi, 40_000, { capture: 'automatic' })
  const pending = () =>
    owner.many<{ amount: string; status: string }>(sql`
      select amount::text, status::text from point_mutation
      where username = ${budi.username} and reference_number = ${delayed.invoice}`)
  assert.deepEqual(await pending(), [{ amount: '4', status: 'PENDING' }])
  await refund(delayed.id, 20_000)
  assert.deepEqual(await pending(), [{ amount: '2', status: 'PENDING' }])
  await refund(delayed.id)
  assert.deepEqual(await pending(), [])
  assert.equal(await points(), '0')
  await earnAfterDays(0)
  const { body: spent } = await pay(budi, 20_000, { capture: 'automatic' })
  await owner.run(sql`
    insert into point_mutation (username, type, amount, reference_number, src, status)
      values (${budi.username}, 'REDEEM', 1.5, 'elsewhere', 'PROMO', 'COMPLETE')`)
  await refund(spent.id)
  assert.equal(await points(), '0')
})

test('less than the price at the gateway pays nobody: it is in the wallet, and the payment has failed', async () => {
  const budi = await wallet.person()
  const { body } = await pay(budi, 40_000, { method: 'XENDIT' })
  xendit.pay(await gatewayId(body.id), { amount: 39_000 })
  await until(async () => (await statusOf(body.id)) === 'FAILED')
  assert.deepEqual(await funds(budi), [39_000, 0])
})

test('a referral is completed by what came, late money too, not by what was asked for', async () => {
  await wallet.change('referral.min_amount', 10_000)
  const [host, guest] = [await wallet.person(), await wallet.person()]
  await owner.run(sql`
    insert into referral_history (username, referral_code, submitted_by, status)
      values (${guest.username}, 'CODE', ${host.username}, 'PENDING')`)
  const referral = async () =>
    (
      await owner.one<{ status: string }>(
        sql`select status from referral_history where username = ${guest.username}`,
      )
    ).status
  const asked = { as: guest, key: newId(), body: { amount: '100000' } }
  const { body: topup } = await wallet.post('/topups', asked)
  xendit.pay(await gatewayId(topup.id), { amount: 1 })
  await until(async () => (await statusOf(topup.id)) === 'PAID')
  assert.equal(await referral(), 'PENDING')
  const { body: late } = await pay(guest, 25_000, { method: 'XENDIT' })
  const lateId = await gatewayId(late.id)
  xendit.invoices.expire(lateId)
  await until(async () => (await statusOf(late.id)) === 'EXPIRED')
  xendit.pay(lateId, { force: true })
  await until(async () => (await funds(guest))[0] === 25_001)
  assert.equal(await referral(), 'COMPLETED')
  await wallet.change('referral.min_amount', 0)
})

test('what cannot be paid is refused: unknown payee, charges above the price, a commission by people, one key twice', async () => {
  const budi = await wallet.person({ balance: 50_000 })
  const cases: [object, number, string][] = [
    [{ payee: 'nobody' }, 422, 'payee_unknown'],
    [{ freight_charge: '8000', insurance_amount: '2001' }, 422, 'amount_out_of_range'],
    [{ hold_minutes: 10_081 }, 422, 'amount_out_of_range'],
    [{ commission_onmarket: '1' }, 400, 'validation_failed'],
    [{ username: 'somebody' }, 400, 'validation_failed'],
    [{ amount: '50001' }, 422, 'insufficient_funds'],
  ]
  for (const [body, status, code] of cases) {
    const answer = await pay(budi, 10_000, body)
    assert.deepEqual([answer.status, answer.body.code], [status, code], JSON.stringify(body))
  }
  const key = newId()
  const [one, two] = [await pay(budi, 10_000, {}, key), await pay(budi, 10_000, {}, key)]
  assert.equal(one.body.id, two.body.id)
  assert.equal((await pay(budi, 10_001, {}, key)).body.code, 'idempotency_key_reused')
  assert.deepEqual(await funds(budi), [50_000, 10_000])
})

test('who pays gets a receipt, unless the setting or an unconfirmed address forbids it; refunds and late money are told on the device', async () => {
  const { simulator: phones } = store.push
  const { sink } = store.post
  assert.ok(phones && sink)
  const budi = await wallet.person({ balance: 50_000 })
  await wallet.post('/devices', { as: budi, body: { fcm_id: 'told-phone', platform: 'android' } })
  const told = () => phones.list('told-phone').map(({ title, body }) => `${title}: ${body}`)
  const mails = () => sink.list(`${budi.username}@example.com`)
  const { body: paid } = await pay(budi, 30_000, { capture: 'automatic' })
  await refund(paid.id, 10_000)
  const { body: late } = await pay(budi, 25_000, { method: 'XENDIT' })
  const { id } = await owner.one<{ id: string }>(
    sql`select xendit_invoice as id from user_transaction where id = ${late.id}`,
  )
  xendit.invoices.expire(id)
  await until(async () => (await statusOf(late.id)) === 'EXPIRED')
  xendit.pay(id, { force: true })
  await until(async () => (await funds(budi))[0] === 55_000)
  await wallet.drain()
  assert.deepEqual(told().toSorted(), [
    'Dana dikembalikan: Rp 10.000 dari onmarket sudah masuk ke saldo kamu.',
    'Pembayaran berhasil: Rp 30.000 sudah dibayarkan ke onmarket.',
    'Saldo bertambah: Rp 25.000 yang terlambat dibayar sudah masuk ke saldo kamu.',
  ])
  assert.equal(mails().length, 2)
  const receipt = mails().find(({ subject }) => subject.includes(paid.invoice))
  assert.match(receipt?.text ?? '', /pembayaran Rp 30\.000 ke onmarket berhasil\./)
  assert.match(
    receipt?.text ?? '',
    /You paid Rp 30\.000 to onmarket\.\s+Number INV-\d{6}-\d{6}, \d+ \w+ \d{4} \d\d:\d\d WIB\./,
  )
  await owner.run(sql`
    insert into user_transaction (username, type, amount, invoice, status, src)
      values (${budi.username}, 'REFUND', 1000, 'OLD-1', 'PAID', 'WALLET')`)
  await wallet.change('mail.receipts', false)
  await pay(budi, 1_000, { capture: 'automatic' })
  await wallet.change('mail.receipts', true)
  await owner.run(sql`update user_info set email_verified_at = null where username = ${budi.username}`)
  await pay(budi, 1_000, { capture: 'automatic' })
  await wallet.drain()
  assert.equal(mails().length, 2)
  assert.equal(told().length, 5)
})
