/** Erasure and what is left of people (UserState, §13). */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { zstdDecompressSync } from 'node:zlib'
import { tablesWith } from '../../../../test/tables-with.ts'
import { until } from '../../../../test/until.ts'
import type { Person } from '../../../../test/userstate.ts'
import { openWalletWithGateway } from '../../../../test/userstate-gateway.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { newId } from '../../../kernel/ids.ts'
import { verify } from '../../../ledger/ledger.ts'
import { createBackup } from '../../../postgres/backup/create.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { auditsDatabase, walletDatabase } from '../databases.ts'
import { eraseUser } from './erase-user.ts'
import { overdue, RETAINED, retain } from './retention.jobs.ts'

const wallet = await openWalletWithGateway()
const { owner, store, xendit } = wallet
const root = await mkdtemp(join(tmpdir(), 'userstate-privacy-'))
after(() => rm(root, { recursive: true }))

const admin = await wallet.person({ roles: ['admin'] })

/** Asked with a session of its own: days pass between the tests. */
const erase = async (username: string, body: object = { confirm: username }) =>
  wallet.post(`/admin/users/${username}/erasure`, { as: await wallet.signIn(admin), body })

/** As if the account had been disabled 40 days ago and nothing had happened to it since. */
const closedLongAgo = ({ username }: Pick<Person, 'username'>) =>
  inTransaction(owner, systemCaller, async (tx) => {
    await tx.run(sql`set local session_replication_role = replica`)
    await tx.run(sql`
      update user_login set disabled = true, updated_at = niaga.now() - interval '40 days' where username = ${username}`)
  })

/** Somebody who may be erased. */
async function closed(options: Parameters<typeof wallet.person>[0] = {}): Promise<Person> {
  const person = await wallet.person(options)
  await closedLongAgo(person)
  return person
}

/** The text of everything that a backup of both databases holds. */
async function backedUp(): Promise<string> {
  const sources = [
    { manifest: walletDatabase, url: wallet.databaseUrl },
    { manifest: auditsDatabase, url: wallet.auditsUrl },
  ]
  const { folder, manifest } = await createBackup({ system: 'userstate', sources, root, niagaVersion: '0' })
  const tables = manifest.databases.flatMap((database) => database.tables)
  const texts = await Promise.all(
    tables.map(async ({ file }) => zstdDecompressSync(await readFile(join(folder, file.path))).toString()),
  )
  return texts.join('\n').toLowerCase()
}

const sums = () =>
  owner.many(sql`
    select type, status, count(*)::int4 as n, sum(amount)::text as sum from user_transaction group by 1, 2
    union all select kind, '', count(*)::int4, sum(amount)::text from ledger.transfer group by 1 order by 1, 2`)

const TRACES = [
  'zulaikha',
  'pratiwi',
  'contoh.id',
  '81299887766',
  '1991-07-13',
  'kenanga',
  '9988776655',
  'argon2id',
]

/** Somebody with all that an account can hold: money that came and went, an address, a bank, friends, messages. */
async function zulaikha(): Promise<Person> {
  const { body } = await wallet.post('/auth/register', {
    body: {
      username: 'person_z',
      password: 'rahasia panjang 1',
      email: 'zulaikha@contoh.id',
      first_name: 'Zulaikha',
      last_name: 'Pratiwi',
      phone_number: '081299887766',
      date_of_birth: '1991-07-13',
      gender: 'FEMALE',
    },
  })
  const as = { username: 'person_z', token: body.access_token }
  await wallet.post('/addresses', {
    as,
    body: {
      recipient: 'Zulaikha',
      phone: '081299887766',
      address_input: 'Jl. Kenanga 77',
      province: 'DKI Jakarta',
      district: 'Menteng',
      city: 'Jakarta Pusat',
      urban: 'Gondangdia',
      post_id: '10350',
    },
  })
  await wallet.post('/devices', { as, body: { fcm_id: 'phone-of-z', platform: 'android' } })
  const friend = await wallet.person()
  await wallet.post('/referrals', { as: friend, body: { referral_code: body.user.referral_code } })
  await owner.run(sql`
    insert into marketing_offer (username, name, telp, message) values ('person_z', 'X', '1', 'Untuk Zulaikha')`)
  await store.files.write(`profile/${'z'.repeat(22)}.webp`, Buffer.from('her face'))
  await owner.run(sql`
    update user_info set email_verified_at = now(), profile_img = ${`profile/${'z'.repeat(22)}.webp`}
    where username = 'person_z'`)
  return as
}

const fundsOf = async (username: string) =>
  (await owner.one<{ balance: number }>(sql`select balance from user_balance where username = ${username}`))
    .balance

/** 60,000 come, 5,000 are paid, 55,000 are withdrawn. */
async function dealings(as: Person): Promise<void> {
  await wallet.payee('onmarket')
  await wallet.change('payout.otp_required', false)
  const topup = await wallet.post('/topups', { as, key: newId(), body: { amount: '60000' } })
  assert.equal(topup.status, 201)
  await fetch(`${topup.body.xendit_url}/pay`, { method: 'POST' })
  await until(async () => (await fundsOf(as.username)) === 60_000)
  const payment = await wallet.post('/payments', {
    as,
    key: newId(),
    body: { payee: 'onmarket', amount: '5000', capture: 'automatic', description: 'Kado dari Zulaikha' },
  })
  assert.equal(payment.status, 201, JSON.stringify(payment.body))
  const account = await wallet.post('/bank-accounts', {
    as,
    body: { channel: 1, account_number: '9988776655', account_holder_name: 'Zulaikha Pratiwi' },
  })
  const payout = await wallet.post('/payouts', {
    as,
    key: newId(),
    body: { bank_account_id: account.body.id, amount: '55000' },
  })
  assert.equal(payout.status, 201, JSON.stringify(payout.body))
  const atGateway = () =>
    owner.one<{ id: string | null }>(
      sql`select xendit_payout_id as id from payout where id = ${payout.body.id}`,
    )
  await until(async () => (await atGateway()).id !== null)
  xendit.payouts.finish((await atGateway()).id ?? '')
  await until(async () => (await fundsOf(as.username)) === 0)
  await wallet.callbacksDone()
  await wallet.drain()
}

/** The document says what the API says, of them alone. */
async function assertExported(as: Person): Promise<void> {
  const { status, headers, body } = await wallet.get('/users/me/export', { as })
  assert.equal(status, 200)
  assert.equal(headers.get('content-disposition'), 'attachment; filename="userstate-person_z.json"')
  assert.deepEqual(body.profile, (await wallet.get('/users/me', { as })).body)
  assert.deepEqual(body.transactions, (await wallet.get('/transactions?limit=100', { as })).body.items)
  assert.deepEqual(body.payouts, (await wallet.get('/payouts?limit=100', { as })).body.items)
  assert.deepEqual(
    Object.entries(body).map(([name, rows]) => [name, Array.isArray(rows) ? rows.length : 'one']),
    [
      ['exported_at', 'one'],
      ['profile', 'one'],
      ['addresses', 1],
      ['bank_accounts', 1],
      ['transactions', 3],
      ['payouts', 1],
      ['points', 0],
      ['referral_applied', 0],
      ['referrals', 1],
      ['vouchers', 0],
      ['devices', 1],
      ['offers', 1],
      ['deactivations', 0],
      ['sessions', 1],
    ],
  )
  assert.deepEqual([body.bank_accounts[0].account_last4, body.addresses[0].recipient], ['6655', 'Zulaikha'])
  const text = JSON.stringify(body)
  for (const secret of ['argon2id', '9988776655', 'person_1', 'person_2', 'CODE'])
    assert.ok(!text.includes(secret), secret)
}

test('an export of thousands of transactions comes in pieces, loses none and repeats none', async () => {
  const person = await wallet.person()
  await inTransaction(owner, systemCaller, async (tx) => {
    // Years of history, which nobody has to be told of now.
    await tx.run(sql`set local session_replication_role = replica`)
    await tx.run(sql`
      insert into user_transaction (username, type, amount, invoice, status, created_at)
      select ${person.username}, 'PAYMENT', n, 'INV-X-' || n, 'PAID', now() - n / 3 * interval '1 minute'
      from generate_series(1, 3000) n`)
    await tx.run(sql`
      insert into marketing_offer (username, name, telp, message)
      select ${person.username}, 'N', '1', 'M' || n from generate_series(1, 1000) n`)
  })
  const response = await fetch(`${wallet.origin}/userstate/v1/users/me/export`, {
    headers: { authorization: `Bearer ${person.token}` },
  })
  assert.equal(response.headers.get('content-length'), null)
  const { transactions, offers }: Record<string, { id: string; msg_id: number }[]> = JSON.parse(
    await response.text(),
  )
  assert.deepEqual([transactions?.length, new Set(transactions?.map(({ id }) => id)).size], [3000, 3000])
  assert.deepEqual([offers?.length, new Set(offers?.map(({ msg_id: id }) => id)).size], [1000, 1000])
  await wallet.auditArrives()
  const { n } = await store.audits.one<{ n: number }>(sql`
    select count(*)::int4 as n from audit_logs
    where action = 'export' and entity_id = ${person.username}`)
  assert.equal(n, 1)
  assert.equal((await wallet.get('/users/me/export')).status, 401)
  assert.equal((await wallet.get('/users/me/export', { headers: await wallet.service('shop') })).status, 403)
})

test('check 60: who is erased is in no table and no new dump; the sums are the same and the books are clean', async () => {
  const as = await zulaikha()
  await dealings(as)
  await assertExported(as)
  const left = await wallet.post('/users/me/deactivation', {
    as,
    body: { reason: 'Zulaikha pindah', password: 'rahasia panjang 1' },
  })
  assert.equal(left.status, 204)
  // What was kept for a repeated request is gone by then.
  await wallet.advance({ days: 4 })
  assert.match((await erase('person_z')).body.reason, /disabled less than 30 days/)
  await closedLongAgo(as)
  const [before, dump] = [await sums(), await backedUp()]
  for (const trace of TRACES.slice(0, 6)) assert.ok(dump.includes(trace), trace)
  assert.ok((await tablesWith(owner, 'contoh.id')).includes('niaga.inbox'))

  assert.equal((await erase('person_z')).status, 204)
  await wallet.drain()
  await wallet.auditArrives()
  for (const trace of TRACES.slice(0, -1)) {
    assert.deepEqual(await tablesWith(owner, trace), [], trace)
    assert.deepEqual(await tablesWith(store.audits, trace), [], trace)
  }
  const after_ = await backedUp()
  for (const trace of TRACES) assert.ok(!after_.includes(trace), trace)
  assert.ok(after_.includes('person_z'))
  assert.deepEqual(await sums(), before)
  assert.deepEqual(await verify(owner), [])
  assert.equal((await wallet.proveAudit()).ok, true)
  assert.equal(await store.files.read(`profile/${'z'.repeat(22)}.webp`), undefined)
  const digits = await owner.many<{ last4: string | null }>(sql`
    select account_last4 as last4 from bank_account where username = 'person_z'
    union select account_last4 from payout where username = 'person_z' order by 1`)
  assert.deepEqual(
    digits.map(({ last4 }) => last4),
    ['****', null],
  )
  const { email, first_name, device } = await owner.one<{
    email: string
    first_name: string
    device: unknown
  }>(sql`
    select i.email, i.first_name, (select f.username from fcm f where f.fcm_id = 'phone-of-z') as device
    from user_info i where i.username = 'person_z'`)
  assert.match(email, /^erased-\d+@invalid$/)
  assert.deepEqual([first_name, device], ['erased', null])
  const again = await wallet.post('/auth/register', {
    body: {
      username: 'person_z2',
      password: 'rahasia panjang 1',
      email: 'zulaikha@contoh.id',
      first_name: 'Z',
      last_name: 'P',
    },
  })
  assert.equal(again.status, 201, 'her address is free again')
})

test('check 60: what services wrote goes, what staff wrote stays, and a callback that PostgreSQL cannot read stops nobody', async () => {
  const as = await wallet.person({ balance: 5000 })
  const shop = await wallet.service('onmarket')
  const paid = await wallet.post('/payments', {
    as,
    key: newId(),
    body: {
      payee: 'onmarket',
      amount: '5000',
      capture: 'automatic',
      invoice_onmarket: 'Toko Mawarni 1',
      onbooking_code: 'Kamar Mawarni',
    },
  })
  assert.equal(paid.status, 201, JSON.stringify(paid.body))
  const refund = await wallet.post(`/payments/${paid.body.id}/refund`, {
    headers: shop,
    key: newId(),
    body: { amount: '5000', reason: 'Mawarni tidak jadi datang' },
  })
  assert.equal(refund.status, 201, JSON.stringify(refund.body))
  const correction = await wallet.post('/admin/adjustments', {
    as: await wallet.signIn(admin),
    key: newId(),
    body: { username: as.username, direction: 'debit', amount: '5000', reason: 'Closed by hand, ticket 81' },
  })
  assert.equal(correction.status, 201, JSON.stringify(correction.body))
  // What was kept for a repeated request is gone by then.
  await wallet.drain()
  await wallet.advance({ days: 4 })
  const { invoice } = paid.body
  const bodies = [
    `{"external_id": "${invoice}", "payer": "Mawarni \\u0000"}`,
    `{"payer": "Mawarni \\ud800", "external_id":"${invoice}"}`,
    `{"data": {"reference_id": "${invoice}", "to": "Mawarni"`,
  ].map((text) => Buffer.from(text))
  bodies.push(Buffer.concat([Buffer.from([0, 255]), Buffer.from(`"external_id":"${invoice}" Mawarni`)]))
  for (const [n, body] of [...bodies, Buffer.from('{"external_id":"INV-OF-OTHERS","x":"\\u0000"}')].entries())
    await owner.run(sql`
      insert into niaga.inbox (source, event_id, body, status)
      values ('xendit.invoices', ${`unreadable-${n}`}, ${body}, 'failed')`)
  await closedLongAgo(as)
  assert.equal((await erase(as.username)).status, 204)
  await wallet.auditArrives()
  assert.deepEqual(await tablesWith(owner, 'mawarni'), [])
  assert.deepEqual(await tablesWith(store.audits, 'mawarni'), [])
  const left = await owner.many<{ event_id: string }>(
    sql`delete from niaga.inbox where event_id like 'unreadable-%' returning event_id`,
  )
  assert.deepEqual(left, [{ event_id: 'unreadable-4' }])
  const said = await owner.many(sql`
    select type, description from user_transaction
    where username = ${as.username} and description is not null`)
  assert.deepEqual(said, [{ type: 'ADJUSTMENT', description: 'Closed by hand, ticket 81' }])
  assert.ok((await tablesWith(store.audits, 'ticket 81')).length > 0)
})

test('check 60: refused while there is anything left, or anybody may still come back', async () => {
  const rich = await closed({ balance: 5 })
  const pointed = await closed({ points: '3.5' })
  const awaiting = await closed()
  await owner.run(sql`
    insert into point_mutation (username, type, amount, reference_number, src, status)
    values (${awaiting.username}, 'EARN', 5, 'R1', 'PROMO', 'PENDING')`)
  const waiting = await closed()
  await owner.run(sql`
    insert into user_transaction (username, type, amount, invoice, status)
    values (${waiting.username}, 'TOPUP', 10, 'INV-1', 'PENDING')`)
  const open = await wallet.person()
  const cases = [
    [rich, 409, 'balance_not_empty'],
    [pointed, 409, 'points_not_empty'],
    [awaiting, 409, 'pending_transactions'],
    [waiting, 409, 'pending_transactions'],
    [open, 409, 'erasure_blocked'],
    [{ username: 'nobody_at_all' }, 404, 'not_found'],
  ] as const
  for (const [{ username }, status, code] of cases) {
    const answer = await erase(username)
    assert.deepEqual([answer.status, answer.body.code], [status, code])
  }
  const free = await closed()
  assert.equal((await erase(free.username, { confirm: 'yes' })).status, 400)
  const support = await wallet.person({ roles: ['support'] })
  const path = `/admin/users/${free.username}/erasure`
  assert.equal((await wallet.post(path, { as: support, body: { confirm: free.username } })).status, 403)
  await assert.rejects(eraseUser(store, systemCaller, free.username), { code: 'forbidden' })
  const kept = await owner.one<{ n: number }>(sql`
    select count(*)::int4 as n from user_info
    where erased_at is not null and username = any(${[free, ...cases.map(([one]) => one)].map(({ username }) => username)})`)
  assert.equal(kept.n, 0)
})

test('the operator erases by command; nobody comes back, not by psql either, and twice at once is once', async () => {
  const { username } = await closed()
  const both = await Promise.all([erase(username), erase(username)])
  assert.deepEqual(both.map(({ status }) => status).toSorted(), [204, 409])
  assert.equal(both.find(({ status }) => status === 409)?.body.code, 'account_erased')
  const patch = await wallet.call('PATCH', `/admin/users/${username}`, {
    as: await wallet.signIn(admin),
    body: { disabled: false },
  })
  assert.deepEqual([patch.status, patch.body.code], [409, 'account_erased'])
  for (const change of [
    sql`update user_login set disabled = false where username = ${username}`,
    sql`update user_login set pwd = 'x' where username = ${username}`,
    sql`update user_info set erased_at = null where username = ${username}`,
    sql`update user_info set first_name = 'Budi' where username = ${username}`,
  ])
    await assert.rejects(owner.run(change), { code: 'account_erased' })
  const other = await closed()
  await eraseUser({ db: owner }, systemCaller, other.username)
  await wallet.auditArrives()
  const { n } = await store.audits.one<{ n: number }>(sql`
    select count(*)::int4 as n from audit_logs where action = 'erase' and entity_id in (${username}, ${other.username})`)
  assert.equal(n, 2)
})

test('late money against an erasure: the money is there, and whoever has some is not erased', async () => {
  const people = await Promise.all([1, 2, 3, 4].map(() => wallet.person()))
  const made = await Promise.all(
    people.map((as) => wallet.post('/topups', { as, key: newId(), body: { amount: '50000' } })),
  )
  await wallet.drain()
  await owner.run(sql`
    update user_transaction set status = 'EXPIRED' where username = any(${people.map(({ username }) => username)})`)
  for (const person of people) await closedLongAgo(person)
  const outcomes = await Promise.all(
    people.map(async ({ username }, i) => {
      const settle = store.db.one(sql`
        select settle_invoice(t.id, t.xendit_invoice, 50000, 'IDR', 0, null) from user_transaction t
        where t.id = ${made[i]?.body.id}`)
      const [erasure] = await Promise.all([erase(username), settle])
      return { username, erasure }
    }),
  )
  for (const { username, erasure } of outcomes) {
    assert.equal(await fundsOf(username), 50_000)
    if (erasure.status !== 204) assert.equal(erasure.body.code, 'balance_not_empty')
    assert.equal(
      (await erase(username)).body.code,
      erasure.status === 204 ? 'account_erased' : 'balance_not_empty',
    )
  }
  assert.deepEqual(await verify(owner), [])
})

test('opening an account again against its erasure: one of them wins', async () => {
  const staff = await wallet.signIn(admin)
  const people = await Promise.all([1, 2, 3, 4].map(() => closed()))
  await Promise.all(
    people.map(async ({ username }) => {
      const [erasure, opening] = await Promise.all([
        erase(username),
        wallet.call('PATCH', `/admin/users/${username}`, { as: staff, body: { disabled: false } }),
      ])
      const codes = [erasure.body?.code ?? erasure.status, opening.body?.code ?? opening.status]
      assert.ok(
        [`204,account_erased`, `erasure_blocked,200`].includes(codes.join()),
        `${username}: ${codes.join()}`,
      )
    }),
  )
})

test('signing in while the account is erased leaves no session and no device', async () => {
  await wallet.post('/auth/register', {
    body: {
      username: 'runner',
      password: 'rahasia panjang 2',
      email: 'runner@example.com',
      first_name: 'R',
      last_name: 'R',
    },
  })
  await closedLongAgo({ username: 'runner' })
  const login = (n: number) =>
    wallet.post('/auth/login', {
      body: { login: 'runner', password: 'rahasia panjang 2', fcm_id: `runner-${n}` },
    })
  const [erasure, ...logins] = await Promise.all([erase('runner'), ...[1, 2, 3, 4].map(login)])
  assert.equal(erasure.status, 204)
  for (const { body } of [...logins, await login(5)])
    assert.ok(['account_disabled', 'invalid_credentials'].includes(body.code), body.code)
  const { n } = await owner.one<{ n: number }>(sql`
    select (select count(*) from niaga.session where subject = 'runner')
      + (select count(*) from fcm where username = 'runner') as n`)
  assert.equal(Number(n), 0)
})

test('codes go after 30 days, pushes after 90, offers after 365, however many; younger ones stay', async () => {
  const { username } = await wallet.person()
  await wallet.post('/devices', { as: await wallet.signIn({ username }), body: { fcm_id: 'kept-phone' } })
  const aged = (days: number) => new Date(wallet.clock.now().getTime() - days * 86_400_000 - 60_000)
  await owner.run(sql`
    insert into otp_tracker (username, otp, created_at)
    select ${username}, 'x', ${aged(30)}::timestamptz from generate_series(1, 6000)
    union all select ${username}, 'young', ${aged(29)}::timestamptz`)
  await owner.run(sql`
    insert into push_message (username, fcm_id, title, body, dedupe_key, status, created_at)
    values (${username}, 'kept-phone', 'T', 'old', 'r1', 'SENT', ${aged(90)}),
      (${username}, 'kept-phone', 'T', 'young', 'r2', 'SENT', ${aged(89)})`)
  await owner.run(sql`
    insert into marketing_offer (username, name, telp, message, created_at)
    values (${username}, 'N', '1', 'old', ${aged(365)}), (${username}, 'N', '1', 'young', ${aged(364)})`)
  const run = { caller: systemCaller, signal: new AbortController().signal }
  assert.deepEqual(await retain(store, run), { otp_tracker: 6000, push_message: 1, marketing_offer: 1 })
  const left = await owner.many<{ what: string }>(sql`
    select otp as what from otp_tracker where username = ${username}
    union all select body from push_message where username = ${username}
    union all select message from marketing_offer where username = ${username}`)
  assert.deepEqual(
    left.map(({ what }) => what),
    ['young', 'young', 'young'],
  )
  assert.deepEqual(await retain(store, run), { otp_tracker: 0, push_message: 0, marketing_offer: 0 })
})

test('what is overdue is found by its age, and not by reading everything', async () => {
  await inTransaction(owner, systemCaller, async (tx) => {
    await tx.run(sql`set local enable_seqscan = off`)
    for (const kept of RETAINED) {
      const plan = await tx.many<object>(sql`explain ${overdue(kept, 5000)}`)
      assert.ok(JSON.stringify(plan).includes(`idx_${kept.table}_created_at`), JSON.stringify(plan))
    }
  })
})
