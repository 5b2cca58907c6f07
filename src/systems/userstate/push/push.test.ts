import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../../../test/until.ts'
import { openUserstate, type Person } from '../../../../test/userstate.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { queuePush } from './queue-push.ts'

const wallet = await openUserstate()
const { simulator: phones } = wallet.store.push
assert.ok(phones)
const received = (token: string) => phones.list(token).map(({ body }) => body)

async function personWith(...tokens: string[]): Promise<Person> {
  const as = await wallet.person()
  for (const fcm_id of tokens) {
    const { status } = await wallet.post('/devices', { as, body: { fcm_id, platform: 'android' } })
    assert.equal(status, 200)
  }
  return as
}

const tell = (people: readonly Person[], body: string, event: string) =>
  inTransaction(wallet.store.db, systemCaller, (tx) =>
    queuePush(
      tx,
      people.map(({ username }) => username),
      { title: 'Saldo', body, event },
    ),
  )

const messages = (token: string) =>
  wallet.store.db.many<{ status: string; attempts: number; error_code: string | null; named: boolean }>(sql`
    select status, attempts, error_code, fcm_message_name is not null as named
    from push_message where fcm_id = ${token} order by id`)
const device = (token: string) =>
  wallet.store.db.one<{ username: string | null; enabled: boolean; disabled_reason: string | null }>(
    sql`select username, enabled, disabled_reason from fcm where fcm_id = ${token}`,
  )

test('check 47: enabled tokens only; the same event twice is one message per device', async () => {
  const as = await personWith('a-phone', 'a-tablet', 'a-old-phone')
  await wallet.call('DELETE', '/devices/a-old-phone', { as })
  assert.equal(await tell([as], 'satu', 'event:1'), 2)
  assert.equal(await tell([as], 'satu lagi', 'event:1'), 0)
  const again = await Promise.all(Array.from({ length: 10 }, () => tell([as], 'dua', 'event:2')))
  assert.equal(
    again.reduce((sum, each) => sum + each, 0),
    2,
  )
  await wallet.drain()
  assert.deepEqual(received('a-phone'), ['dua', 'satu'])
  assert.deepEqual(received('a-tablet'), ['dua', 'satu'])
  assert.deepEqual(received('a-old-phone'), [])
  assert.deepEqual(await messages('a-phone'), [
    { status: 'SENT', attempts: 1, error_code: null, named: true },
    { status: 'SENT', attempts: 1, error_code: null, named: true },
  ])
})

test('check 47: a token that is dead is disabled and kept, and nothing is sent to it again', async () => {
  const tokens = ['unregistered-b', 'mismatch-b', 'invalid-b']
  const as = await personWith(...tokens, 'b-phone')
  await tell([as], 'satu', 'event:b1')
  await wallet.drain()
  for (const [i, reason] of ['UNREGISTERED', 'SENDER_ID_MISMATCH', 'INVALID_ARGUMENT'].entries()) {
    const token = tokens[i] ?? ''
    assert.deepEqual(await device(token), { username: as.username, enabled: false, disabled_reason: reason })
    assert.deepEqual(await messages(token), [
      { status: 'FAILED', attempts: 1, error_code: reason, named: false },
    ])
  }
  assert.equal(await tell([as], 'dua', 'event:b2'), 1)
  await wallet.post('/devices', { as, body: { fcm_id: 'unregistered-b' } })
  assert.deepEqual((await device('unregistered-b')).enabled, true, 'the app says that it is there again')
})

test('check 47: a quota is waited for and tried again, six times in all; a recovered service gets it', async () => {
  const as = await personWith('quota-c', 'c-phone')
  phones.faults.arm({ kind: 'server_error', endpoint: 'send', times: 2 })
  await tell([as], 'satu', 'event:c')
  await wallet.drain()
  assert.deepEqual(received('c-phone'), [])
  for (let i = 0; i < 8; i += 1) await wallet.advance({ minutes: 10 })
  assert.deepEqual(received('c-phone'), ['satu'])
  assert.deepEqual(await messages('c-phone'), [
    { status: 'SENT', attempts: 2, error_code: null, named: true },
  ])
  assert.deepEqual(await messages('quota-c'), [
    { status: 'FAILED', attempts: 6, error_code: 'QUOTA_EXCEEDED', named: false },
  ])
  assert.equal((await device('quota-c')).enabled, true)
})

test('check 48: a device that B registers is no longer A’s, and tells B nothing of A', async () => {
  const a = await personWith('shared-phone')
  phones.faults.arm({ kind: 'too_many_requests', endpoint: 'send', times: 1 })
  await tell([a], 'rahasia A', 'event:d')
  await wallet.drain()
  const b = await personWith('shared-phone')
  await wallet.advance({ minutes: 1 })
  assert.deepEqual(received('shared-phone'), [])
  assert.equal((await messages('shared-phone'))[0]?.status, 'SKIPPED')
  assert.equal(await tell([a], 'untuk A', 'event:e'), 0)
  assert.equal(await tell([b], 'untuk B', 'event:e'), 1)
  await wallet.drain()
  assert.deepEqual(received('shared-phone'), ['untuk B'])
  const list = async (as: Person) => (await wallet.get('/devices', { as })).body.items
  assert.deepEqual(await list(a), [])
  assert.deepEqual(
    (await list(b)).map((each: { fcm_id: string; enabled: boolean }) => [each.fcm_id, each.enabled]),
    [['shared-phone', true]],
  )
})

test('check 48: whoever signs out with a device is told nothing on it until they sign in with it again', async () => {
  const [username, password] = ['signs_in_and_out', 'correct horse 8']
  const name = { first_name: 'Sari', last_name: 'Putri' }
  const body = { username, password, email: 'signs@example.com', ...name }
  assert.equal((await wallet.post('/auth/register', { body })).status, 201)
  const signIn = async () => {
    const device = { fcm_id: 'signed-phone', platform: 'android' }
    const { body: tokens } = await wallet.post('/auth/login', {
      body: { login: username, password, ...device },
    })
    return { username, token: String(tokens.access_token) }
  }
  const first = await signIn()
  assert.equal(await tell([first], 'satu', 'event:in'), 1)
  await wallet.drain()
  assert.equal(
    (await wallet.post('/auth/logout', { as: first, body: { fcm_id: 'signed-phone' } })).status,
    204,
  )
  assert.equal(await tell([first], 'dua', 'event:out'), 0)
  assert.equal(await tell([await signIn()], 'tiga', 'event:again'), 1)
  await wallet.drain()
  assert.deepEqual(received('signed-phone'), ['tiga', 'satu'])
})

test('a call without a session notes an unknown device and changes no owner', async () => {
  const as = await personWith('e-phone')
  await wallet.call('DELETE', '/devices/e-phone', { as })
  for (const fcm_id of ['e-phone', 'e-new']) {
    assert.equal((await wallet.post('/devices', { body: { fcm_id, platform: 'ios' } })).status, 200)
  }
  assert.deepEqual(await device('e-phone'), {
    username: as.username,
    enabled: false,
    disabled_reason: 'REMOVED',
  })
  assert.deepEqual((await device('e-new')).username, null)
  const stranger = await wallet.person()
  assert.equal((await wallet.call('DELETE', '/devices/e-phone', { as: stranger })).status, 404)
  assert.equal((await wallet.get('/devices')).status, 401)
})

test('twenty people who register one device at once: one of them has it', async () => {
  const people = await Promise.all(Array.from({ length: 20 }, () => wallet.person()))
  const answers = await Promise.all(
    people.map((as) => wallet.post('/devices', { as, body: { fcm_id: 'crowd-phone' } })),
  )
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
  const { username } = await device('crowd-phone')
  assert.ok(people.some((each) => each.username === username))
})

test('a disabled account is told nothing, also of what was queued before', async () => {
  const as = await personWith('f-phone')
  phones.faults.arm({ kind: 'too_many_requests', endpoint: 'send', times: 1 })
  await tell([as], 'satu', 'event:f1')
  await wallet.drain()
  await wallet.owner.run(sql`update user_login set disabled = true where username = ${as.username}`)
  assert.equal(await tell([as], 'dua', 'event:f2'), 0)
  await wallet.advance({ minutes: 1 })
  assert.deepEqual(received('f-phone'), [])
  assert.deepEqual((await messages('f-phone'))[0]?.error_code, 'ACCOUNT_DISABLED')
})

test('marketing pushes by the API: once per key, known people only, nothing that the service would refuse', async () => {
  const staff = await wallet.person({ roles: ['marketing'] })
  const as = await personWith('g-phone')
  const body = { usernames: [as.username, 'nobody'], title: 'Halo', body: 'Promo', data: { page: 'promo' } }
  const send = (options: object) => wallet.post('/services/push', { as: staff, key: 'k-1', body, ...options })
  const answers = await Promise.all([send({}), send({})])
  const settled = answers.filter(({ status }) => status === 202)
  assert.ok(settled.length >= 1)
  assert.deepEqual((await send({})).body, { queued: 1 })
  assert.equal((await send({ body: { ...body, title: 'Lain' } })).status, 422)
  assert.equal((await wallet.post('/services/push', { as: staff, body })).status, 400)
  const refused = await send({ key: 'k-2', body: { ...body, data: { from: 'x' } } })
  assert.deepEqual([refused.status, refused.body.code], [400, 'validation_failed'])
  assert.equal((await send({ as })).status, 403)
  await wallet.drain()
  assert.deepEqual(
    phones.list('g-phone').map(({ title, data }) => [title, data]),
    [['Halo', { page: 'promo' }]],
  )
})

test('a service that is spared costs no try: the message is there when the service is', async () => {
  const as = await personWith('j-phone')
  phones.faults.arm({ kind: 'outage', endpoint: 'send' })
  // Five failures in a row are enough to spare the service.
  await tell([as], 'satu', 'event:j')
  for (let n = 0; n < 12; n++) await wallet.advance({ seconds: 31 })
  await wallet.advance({ minutes: 2 })
  assert.deepEqual(
    (await messages('j-phone')).map(({ status }) => status),
    ['FAILED'],
    'a message that was tried six times is given up',
  )
  const others = await personWith('k-phone')
  await tell([others], 'dua', 'event:k')
  await wallet.drain()
  const [spared] = await messages('k-phone')
  assert.deepEqual([spared?.status, spared?.attempts], ['QUEUED', 0])
  for (let n = 0; n < 4; n++) await wallet.advance({ seconds: 11 })
  phones.faults.clear()
  await until(async () => {
    await wallet.advance({ minutes: 1 })
    return received('k-phone').length === 1
  })
})

test('a batch that still waits its turn after an hour is not put back beside itself', async () => {
  const as = await personWith('l-phone')
  phones.faults.arm({ kind: 'too_many_requests', endpoint: 'send', times: 1 })
  await tell([as], 'lama', 'event:l')
  await wallet.drain()
  const jobs = () =>
    wallet.owner.many<{ key: string }>(sql`
      select j.key from graphile_worker._private_jobs j
      join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = 'push.send'`)
  const before = await jobs()
  assert.equal(before.length, 1)
  // Its job is put off beyond the sweeps of two hours.
  await wallet.owner.run(sql`
    update graphile_worker._private_jobs set run_at = run_at + interval '1 day' where key = ${before[0]?.key}`)
  for (let hour = 0; hour < 2; hour++) await wallet.advance({ minutes: 61 })
  assert.deepEqual(await jobs(), before)
  assert.deepEqual(received('l-phone'), [])
  await wallet.advance({ hours: 24 })
  assert.deepEqual(received('l-phone'), ['lama'])
})

test('a message whose job is gone is found within the hour; old ones go after 90 days', async () => {
  const as = await personWith('h-phone')
  phones.faults.arm({ kind: 'too_many_requests', endpoint: 'send', times: 1 })
  await tell([as], 'satu', 'event:h')
  await wallet.drain()
  await wallet.owner.run(sql`delete from graphile_worker._private_jobs where key like 'push:%'`)
  await wallet.advance({ hours: 3 })
  await until(() => received('h-phone').length === 1)
  await wallet.advance({ days: 92 })
  await until(async () => (await messages('h-phone')).length === 0)
})

test('what becomes of somebody’s money is told on their device, once, whatever changed it', async () => {
  const as = await personWith('i-phone')
  const { id } = await wallet.owner.one<{ id: bigint }>(sql`
    insert into user_transaction (username, invoice, type, amount, status, src)
      values (${as.username}, 'INV-TELL', 'TOPUP', 50000, 'PENDING', 'XENDIT') returning id`)
  const { payout } = await wallet.owner.one<{ payout: bigint }>(sql`
    with account as (
      insert into bank_account (channel, username) values (1, ${as.username}) returning id),
    paid_out as (
      insert into user_transaction (username, invoice, type, amount, status, src)
        values (${as.username}, 'TRX-TELL', 'PAYOUT', 20000, 'PENDING', 'XENDIT') returning id)
    insert into payout (username, transaction_id, bank_account_id, reference_id, channel_code, account_last4,
        account_holder_name, amount, status)
      select ${as.username}, paid_out.id, account.id, 'TRX-TELL', 'ID_BCA', '0001', 'Budi', 20000, 'QUEUED'
      from account, paid_out returning id as payout`)
  for (let times = 0; times < 2; times += 1) {
    await wallet.owner.run(sql`update user_transaction set status = 'PAID' where id = ${id}`)
    await wallet.owner.run(sql`update payout set status = 'FAILED' where id = ${payout}`)
    await wallet.drain()
  }
  assert.deepEqual(received('i-phone').toSorted(), [
    'Rp 20.000 kembali tersedia di saldo kamu.',
    'Top up Rp 50.000 berhasil.',
  ])
})
