/** Staff, services and what each of them may do (UserState, U22, U24, §9). */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { houseFolder } from '../../../../test/house.ts'
import { until } from '../../../../test/until.ts'
import { basic, openUserstate, type Person } from '../../../../test/userstate.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { isDomainError } from '../../../kernel/errors.ts'
import { hashPassword } from '../../../platform/passwords/hash.ts'
import { type Sql, sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { createAdmin } from '../accounts/create-admin.ts'
import { createKey, keyAuthentication, revokeKey } from '../services/api-keys.ts'
import { grantRole } from './users.ts'

const wallet = await openUserstate()
const { owner } = wallet
let admin = await wallet.person({ roles: ['admin'] })
/** After all sessions were ended. */
const signInAgain = async () => {
  admin = await wallet.signIn(admin)
}
const somebodyWaits = async () =>
  (
    await owner.many(sql`
    select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
  ).length > 0
const support = await wallet.person({ roles: ['support'] })
const user = await wallet.person({ balance: 100_000 })

test('check 59: a look at somebody’s profile is on record, with who looked', async () => {
  assert.equal((await wallet.get(`/admin/users/${user.username}`, { as: user })).status, 403)
  const { body } = await wallet.get(`/admin/users/${user.username}`, { as: support })
  assert.deepEqual([body.balance, body.roles], ['100000', []])
  await wallet.auditArrives()
  const { body: record } = await wallet.get(
    `/admin/audit?entity_type=user_info&action=read&entity_id=${user.username}`,
    { as: admin },
  )
  assert.deepEqual(
    record.items.map((row: { actor: string; actor_type: string }) => [row.actor, row.actor_type]),
    [[support.username, 'admin']],
  )
  assert.equal((await wallet.get('/admin/audit', { as: support })).status, 403)
})

test('check 59: a look at a list of people, bank accounts or logs is on record, with what was asked for', async () => {
  const finance = await wallet.person({ roles: ['finance'] })
  const clerk = await wallet.person({ roles: ['support'] })
  const looks = [
    [clerk, '/admin/users?email_like=%25budi@example.com&username_like=b%25&limit=3', 'user_info'],
    [finance, '/admin/payouts?status=PENDING', 'payout'],
    [clerk, '/admin/logs/checkouts?status=PAID', 'xendit_checkout_logs'],
    [clerk, '/admin/logs/payouts', 'xendit_payout_logs'],
    [clerk, '/admin/logs/payouts/stats', 'xendit_payout_logs'],
  ] as const
  for (const [as, path] of looks) assert.equal((await wallet.get(path, { as })).status, 200, path)
  assert.equal((await wallet.get('/admin/users', { as: user })).status, 403)
  await wallet.auditArrives()
  const said = async ({ username }: Person) => {
    const { body } = await wallet.get(`/admin/audit?action=read&actor=${username}`, { as: admin })
    return body.items
      .map((row: { entity_type: string; context: { asked: object } }) => [row.entity_type, row.context.asked])
      .toReversed()
  }
  assert.deepEqual(await said(finance), [['payout', { status: 'PENDING', limit: 20 }]])
  // The record holds nobody's address, and so no pattern of one.
  assert.deepEqual(await said(clerk), [
    ['user_info', { email_like: '***', username_like: 'b%', limit: 3 }],
    ['xendit_checkout_logs', { status: 'PAID', limit: 20 }],
    ['xendit_payout_logs', { limit: 20 }],
    ['xendit_payout_logs', { stats: true }],
  ])
  assert.deepEqual(await said(user), [])
})

test('check 59: who changes nothing about somebody looks at them too, and is on record', async () => {
  const somebody = await wallet.person()
  const path = `/admin/users/${somebody.username}`
  assert.equal((await wallet.call('PATCH', path, { as: admin, body: {} })).status, 200)
  await wallet.auditArrives()
  const record = await wallet.get(
    `/admin/audit?entity_type=user_info&action=read&entity_id=${somebody.username}`,
    { as: admin },
  )
  assert.deepEqual(
    record.body.items.map((row: { actor: string }) => row.actor),
    [admin.username],
  )
})

test('check 59: the last admin stays one, whichever way somebody tries', async () => {
  const role = (username: string, method: string) =>
    wallet.call(method, `/admin/users/${username}/roles/admin`, { as: admin })
  assert.deepEqual((await role(admin.username, 'DELETE')).body.code, 'last_admin')
  const disable = await wallet.call('PATCH', `/admin/users/${admin.username}`, {
    as: admin,
    body: { disabled: true },
  })
  assert.equal(disable.body.code, 'last_admin')
  const second = await wallet.person()
  assert.equal((await role(second.username, 'PUT')).status, 204)
  // Each takes the other's role at once: one of them stays.
  const both = await Promise.all([
    wallet.call('DELETE', `/admin/users/${admin.username}/roles/admin`, { as: second }),
    wallet.call('DELETE', `/admin/users/${second.username}/roles/admin`, { as: admin }),
  ])
  assert.equal(both.filter(({ status }) => status === 204).length, 1)
  const { n } = await owner.one<{ n: number }>(
    sql`select count(*)::int4 as n from user_role where role = 'admin'`,
  )
  assert.equal(n, 1)
  await owner.run(
    sql`insert into user_role (username, role) values (${admin.username}, 'admin') on conflict do nothing`,
  )
  await owner.run(sql`delete from user_role where username = ${second.username}`)
  assert.equal((await role('nobody_here', 'PUT')).status, 404)
})

const enabledAdmins = () =>
  owner.many<{ username: string }>(sql`
    select username from user_role join user_login using (username) where role = 'admin' and not disabled`)

test('check 59: of admins who go at once, each on another way, one stays', async () => {
  const [second, third] = [
    await wallet.person({ roles: ['admin'] }),
    await wallet.person({ roles: ['admin'] }),
  ]
  const password = 'correct horse 7'
  await owner.run(sql`
    update user_login set pwd = ${await hashPassword(password)} where username = ${third.username}`)
  const answers = await Promise.all([
    wallet.call('PATCH', `/admin/users/${admin.username}`, { as: second, body: { disabled: true } }),
    wallet.call('DELETE', `/admin/users/${second.username}/roles/admin`, { as: third }),
    wallet.post('/users/me/deactivation', { as: third, body: { reason: 'tired', password } }),
  ])
  const left = await enabledAdmins()
  assert.equal(left.length, 3 - answers.filter(({ status }) => status < 300).length)
  assert.ok(left.length >= 1)
  await owner.run(sql`update user_login set disabled = false where username = ${admin.username}`)
  await owner.run(sql`delete from user_role where username in (${second.username}, ${third.username})`)
  await signInAgain()
})

test('check 59: the last two admins cannot go at once, nor by hand: the second sees that the first is going', async () => {
  const second = await wallet.person({ roles: ['admin'] })
  const goes = (change: Sql, meanwhile = async () => {}) =>
    inTransaction(owner, systemCaller, async (tx) => {
      await tx.run(change)
      await meanwhile()
    })
  const shut = ({ username }: Person) =>
    sql`update user_login set disabled = true where username = ${username}`
  const without = ({ username }: Person) => sql`delete from user_role where username = ${username}`
  for (const [first, then] of [
    [shut(second), shut(admin)],
    [shut(second), without(admin)],
    [without(second), shut(admin)],
  ] as const) {
    let other: Promise<unknown> | undefined
    await goes(first, async () => {
      other ??= goes(then).then(
        () => 'gone',
        (error: unknown) => (isDomainError(error) ? error.code : error),
      )
      await Promise.race([other, until(somebodyWaits)])
    })
    assert.equal(await other, 'last_admin')
    await owner.run(sql`update user_login set disabled = false where username = ${second.username}`)
    await owner.run(sql`
      insert into user_role (username, role) values (${second.username}, 'admin') on conflict do nothing`)
  }
  await assert.rejects(owner.run(sql`delete from user_role where role = 'admin'`), { code: 'last_admin' })
  await assert.rejects(owner.run(sql`truncate user_role`), { code: 'last_admin' })
  assert.equal((await enabledAdmins()).length, 2)
  await owner.run(without(second))
})

test('a role is what the row says, at the next request', async () => {
  const helper = await wallet.person()
  const look = async () => (await wallet.get('/admin/users', { as: helper })).status
  assert.equal(await look(), 403)
  await wallet.call('PUT', `/admin/users/${helper.username}/roles/support`, { as: admin })
  assert.equal(await look(), 200)
  await wallet.call('DELETE', `/admin/users/${helper.username}/roles/support`, { as: admin })
  assert.equal(await look(), 403)
  await assert.rejects(
    grantRole(wallet.store, { type: 'user', id: helper.username }, helper.username, 'admin'),
    { code: 'forbidden' },
  )
  await assert.rejects(grantRole(wallet.store, systemCaller, helper.username, 'admin'), { code: 'forbidden' })
})

test('whoever is disabled is out at once and in again when staff opens the account', async () => {
  const somebody = await wallet.person()
  const patch = (body: unknown) =>
    wallet.call('PATCH', `/admin/users/${somebody.username}`, { as: admin, body })
  assert.equal((await patch({ disabled: true })).body.disabled, true)
  assert.equal((await wallet.get('/wallet', { as: somebody })).status, 401)
  const { body } = await patch({ disabled: false, agent: 'Y', agent_id: 'AG-7' })
  assert.deepEqual([body.disabled, body.agent, body.agent_id], [false, 'Y', 'AG-7'])
})

test('check 58: pages of a thousand people lose nobody and repeat nobody', async () => {
  await owner.run(sql`
    insert into user_login (username, pwd) select 'bulk_' || lpad(n::text, 4, '0'), 'x' from generate_series(1, 1000) n`)
  await owner.run(sql`
    insert into user_info (username, email, first_name, last_name)
      select username, username || '@bulk.example', 'A', 'B' from user_login where username like 'bulk_%'`)
  const seen: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const next: string = cursor === '' ? '' : `&cursor=${cursor}`
    const { body } = await wallet.get(`/admin/users?limit=100&email_like=%25@bulk.example${next}`, {
      as: support,
    })
    seen.push(...body.items.map((row: { username: string }) => row.username))
    cursor = body.next_cursor
  }
  assert.equal(seen.length, 1000)
  assert.equal(new Set(seen).size, 1000)
  assert.equal((await wallet.get('/admin/users?cursor=nonsense', { as: support })).status, 400)
  for (const pattern of ['%5C', 'bulk%5C', '%25%5C'])
    assert.deepEqual(
      (await wallet.get(`/admin/users?email_like=${pattern}&username_like=${pattern}`, { as: support })).body
        .items,
      [],
      pattern,
    )
})

test('check 50: a key is shown once; wrong, revoked and expired ones are refused', async () => {
  const { status, body } = await wallet.post('/admin/api-keys', {
    as: admin,
    body: { holder: 'onmarket', scopes: ['service'] },
  })
  assert.equal(status, 201)
  assert.match(body.apikey, /^usk_[A-Za-z0-9_-]{43}$/)
  const list = await wallet.get('/admin/api-keys', { as: admin })
  assert.ok(!JSON.stringify(list.body).includes('$2'))
  const ask = (headers: Readonly<Record<string, string>>) =>
    wallet.get(`/services/users/${user.username}`, { headers })
  const good = basic('onmarket', body.apikey)
  const answer = await ask(good)
  assert.deepEqual(answer.body, {
    username: user.username,
    first_name: 'Budi',
    last_name: 'Santoso',
    profile_img: null,
    agent: null,
    disabled: false,
  })
  for (const headers of [
    basic('onmarket', `${body.apikey}x`),
    basic('other', body.apikey),
    basic('onmarket', ''),
    basic('onmarket', 'usk_\0'),
    basic('on\0market', body.apikey),
  ])
    assert.equal((await ask(headers)).status, 401)
  assert.equal((await wallet.call('DELETE', `/admin/api-keys/${body.key_id}`, { as: admin })).status, 204)
  assert.equal((await ask(good)).status, 401)

  const soon = new Date(wallet.clock.now().getTime() + 60_000)
  const { apikey } = await createKey({ db: owner }, systemCaller, {
    holder: 'brief',
    scopes: ['users:read'],
    expiresAt: soon,
  })
  assert.equal((await ask(basic('brief', apikey))).status, 200)
  await wallet.advance({ minutes: 2 })
  assert.equal((await ask(basic('brief', apikey))).status, 401)
})

test('check 50: the documented row can be stored and opens nothing', async () => {
  await owner.run(
    sql`INSERT INTO api_key (holder, key) VALUES ('internal-service', '$2b$10$hashed_api_key_here')`,
  )
  for (const secret of ['$2b$10$hashed_api_key_here', 'hashed_api_key_here', 'x'])
    assert.equal(
      (await wallet.get(`/services/users/${user.username}`, { headers: basic('internal-service', secret) }))
        .status,
      401,
    )
})

test('check 50: many requests at once look for a secret and compare it once', async () => {
  const { apikey } = await createKey({ db: owner }, systemCaller, { holder: 'busy', scopes: ['service'] })
  let searches = 0
  const { store } = wallet
  // Only the search asks for many rows; whether a key still holds is asked of one.
  const counting = new Proxy(store.db, {
    get(db, name) {
      if (name === 'many') searches += 1
      const member: unknown = Reflect.get(db, name, db)
      return typeof member === 'function' ? member.bind(db) : member
    },
  })
  const authenticate = keyAuthentication({ ...store, db: counting })
  const ask = () => authenticate('busy', apikey, { ip: '10.9.9.8' })
  const found = await Promise.all(Array.from({ length: 50 }, ask))
  assert.deepEqual([...new Set(found.map(({ subject }) => subject))], ['busy'])
  await ask()
  assert.equal(searches, 1)
  // Another process compares for itself.
  await keyAuthentication({ ...store, db: counting })('busy', apikey, { ip: '10.9.9.8' })
  assert.equal(searches, 2)
})

test('check 50: whoever guesses keys is stopped after twenty, also with many guesses at once', async () => {
  const headers = await wallet.service('guessed')
  const ask = (n: number, address: string) =>
    wallet.get('/services/users/x', {
      headers: { ...basic('guessed', `usk_wrong_${n}`), 'x-forwarded-for': address },
    })
  const atOnce = await Promise.all(Array.from({ length: 30 }, (_, n) => ask(n, '10.9.9.9')))
  assert.equal(atOnce.filter(({ status }) => status === 401).length, 20)
  assert.equal(atOnce.filter(({ status }) => status === 429).length, 10)
  const statuses: number[] = []
  for (let i = 0; i < 21; i++) statuses.push((await ask(0, '10.9.9.10')).status)
  assert.deepEqual(statuses, [...Array(20).fill(401), 429])
  // Right ones are not counted, from whatever address.
  for (let i = 0; i < 3; i++)
    assert.equal((await wallet.get(`/services/users/${user.username}`, { headers })).status, 200)
  assert.equal(await wallet.store.kv.get('key-failures:guessed:127.0.0.1'), '0')
})

test('a holder has five live keys at most, also when asked for many at once', async () => {
  const make = () => createKey({ db: owner }, systemCaller, { holder: 'many', scopes: ['service'] })
  const made = await Promise.allSettled(Array.from({ length: 8 }, make))
  const kept = made.filter((one) => one.status === 'fulfilled')
  assert.equal(kept.length, 5)
  const [first] = kept
  if (first?.status === 'fulfilled') await revokeKey({ db: owner }, systemCaller, first.value.keyId)
  await make()
})

test('a service is no user and no staff', async () => {
  const headers = await wallet.service('shop')
  for (const path of ['/wallet', '/users/me', '/admin/users', '/addresses'])
    assert.equal((await wallet.get(path, { headers })).status, 403, path)
  assert.equal((await wallet.get(`/services/users/${user.username}`, { as: user })).status, 403)
  const pusher = await wallet.service('pusher', ['push:send'])
  assert.equal((await wallet.get(`/services/users/${user.username}`, { headers: pusher })).status, 403)
})

const house = await houseFolder()
after(house.remove)
const niaga = (...words: string[]) =>
  house.run(['userstate', ...words], { NIAGA_USERSTATE_URL: wallet.databaseUrl })

test('the operator’s commands: keys that sign in as they say, people shut out, settings that hold without a restart', async () => {
  const somebody = await wallet.person()
  const [made, told, disabled, set] = await Promise.all([
    niaga('create-key', 'scripted', '--scopes', 'users:read', '--days', '1', '--json'),
    niaga('create-key', 'printed'),
    niaga('disable', somebody.username),
    niaga('set', 'otp.max_attempts', '4'),
  ])
  for (const { code, text } of [made, told, disabled, set]) assert.equal(code, 0, text)
  const { holder, apikey } = JSON.parse(made.text)
  const path = `/services/users/${user.username}`
  assert.equal((await wallet.get(path, { headers: basic(holder, apikey) })).status, 200)
  const [printed = ''] = /usk_\S+/.exec(told.text) ?? []
  assert.equal((await wallet.get(path, { headers: basic('printed', printed) })).status, 200)
  // A line to paste would leave the key in the shell's history.
  assert.match(told.text, /curl -u 'printed' /)
  assert.equal(told.text.split(printed).length, 2)
  assert.equal((await wallet.get('/wallet', { as: somebody })).status, 401)
  await until(() => wallet.store.settings.get('otp.max_attempts') === 4)

  const refused = await Promise.all([
    niaga('create-key', 'a:b', '--scopes', 'everything'),
    niaga('disable', admin.username),
    niaga('set', 'topup.min', '30000000'),
    ...['Infinity', '1e300', '0.5'].map((days) => niaga('create-key', 'eternal', '--days', days)),
  ])
  assert.deepEqual(
    refused.map(({ code }) => code),
    [2, 2, 2, 2, 2, 2],
  )
  for (const [n, said] of [
    /holder .*\n.*scopes has no everything/,
    /last_admin/,
    /must not exceed topup.max/,
    ...Array(3).fill(/--days takes a whole number from 1 to 36500/),
  ].entries())
    assert.match(refused[n]?.text ?? '', said)
  await wallet.change('otp.max_attempts', 5)
})

test('the operator makes the first admin, who signs in with what was printed', async () => {
  const made = { username: 'root_admin', email: 'Root@example.com', password: 'printed once 1' }
  assert.equal(await createAdmin(owner, systemCaller, made), true)
  assert.equal(await createAdmin(owner, systemCaller, { ...made, password: 'other 12345' }), false)
  const { body } = await wallet.post('/auth/login', {
    body: { login: 'root@example.com', password: made.password },
  })
  assert.equal((await wallet.get('/admin/api-keys', { as: { token: body.access_token } })).status, 200)
  await assert.rejects(createAdmin(owner, systemCaller, { username: 'no mail', password: 'x' }), {
    code: 'validation_failed',
  })
})

test('settings change at once for admins alone, and only to what fits', async () => {
  const put = (key: string, value: unknown, as = admin) =>
    wallet.call('PUT', `/admin/settings/${key}`, { as, body: { value } })
  assert.equal((await put('points.value', 200, support)).status, 403)
  assert.deepEqual((await put('points.value', 200)).body, { key: 'points.value', value: 200 })
  const { value } = await owner.one<{ value: number }>(sql`select setting_number('points.value') as value`)
  assert.equal(value, 200)
  for (const [key, wrong] of [
    ['points.value', -1],
    ['points.value', 'many'],
    ['topup.min', 30_000_000],
    ['payout.otp_required', 1],
  ] as const)
    assert.equal((await put(key, wrong)).body.code, 'setting_invalid', key)
  assert.equal((await put('no.such', 1)).status, 404)
  assert.equal((await wallet.get('/admin/settings/topup.min', { as: admin })).body.value, 10_000)
})
