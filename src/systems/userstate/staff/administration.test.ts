/** What staff administer beside people: ways to pay, banks, points, callbacks, payouts (UserState, U24). */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { until } from '../../../../test/until.ts'
import type { Person } from '../../../../test/userstate.ts'
import { openWalletWithGateway } from '../../../../test/userstate-gateway.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { newId } from '../../../kernel/ids.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { holdActiveChannel } from '../choices/bank-channels.ts'

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
