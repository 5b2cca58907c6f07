/** What happens to accounts when much happens at once, and what strangers learn and spoil (UserState, U3 to U8, U21). */
import assert from 'node:assert/strict'
import { createHook } from 'node:async_hooks'
import { test } from 'node:test'
import { until } from '../../../../test/until.ts'
import { openUserstate, type Person } from '../../../../test/userstate.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { hashPassword } from '../../../platform/passwords/hash.ts'
import { type Sql, sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'

const wallet = await openUserstate({
  environment: {
    RATE_REGISTER_PER_HOUR: '3',
    RATE_USER_PER_MINUTE: '60',
    RATE_SERVICE_PER_MINUTE: '90',
  },
})
const { owner } = wallet

const PASSWORD = 'correct horse 7'
const WRONG = 'wrong password 1'
const hash = await hashPassword(PASSWORD)
let addresses = 0

/** Limits are counted by address: everything comes from one of its own that does not say otherwise. */
const from = (address = `10.1.${addresses >> 8}.${addresses++ & 255}`) => ({ 'x-forwarded-for': address })

interface Member extends Person {
  readonly email: string
}

/** Somebody with a password. */
async function member(): Promise<Member> {
  const person = await wallet.person()
  await owner.run(sql`update user_login set pwd = ${hash} where username = ${person.username}`)
  return { ...person, email: `${person.username}@example.com` }
}

const login = (name: string, password = PASSWORD, address?: string, extra = {}) =>
  wallet.post('/auth/login', { body: { login: name, password, ...extra }, headers: from(address) })
const post = (path: string, body: unknown, as?: Person) =>
  wallet.post(path, { body, headers: from(), ...(as ? { as } : {}) })
const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

const somebodyWaits = async () =>
  (
    await owner.many(sql`
    select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
  ).length > 0

/** Does `change` in a transaction that ends only after `rival` has met it, or is over without having met it. */
async function during<T>(change: Sql, rival: () => Promise<T>): Promise<T> {
  let answer: Promise<T> | undefined
  await inTransaction(owner, systemCaller, async (tx) => {
    await tx.run(change)
    answer ??= rival()
    await Promise.race([answer.catch(() => undefined), until(somebodyWaits)])
  })
  if (!answer) throw new Error('nothing was done')
  return await answer
}

test('who signs in while the password changes, or the account is closed, gets no session', async () => {
  const { username } = await member()
  const another = await hashPassword('another horse 8')
  const changed = await during(sql`update user_login set pwd = ${another} where username = ${username}`, () =>
    login(username),
  )
  assert.deepEqual([changed.status, changed.body.code], [401, 'invalid_credentials'])
  const closed = await during(sql`update user_login set disabled = true where username = ${username}`, () =>
    login(username, 'another horse 8'),
  )
  assert.deepEqual([closed.status, closed.body.code], [403, 'account_disabled'])
  // One is `person`'s own.
  assert.equal(
    (await owner.many(sql`select from niaga.session where subject = ${username} and revoked_at is null`))
      .length,
    1,
  )
})

test('whoever proved the old password changes nothing after it has changed', async () => {
  const me = await member()
  const another = await hashPassword('another horse 8')
  const calls: (() => Promise<{ readonly body: { readonly code: string } }>)[] = [
    () =>
      wallet.call('PATCH', '/users/me', { as: me, body: { email: 'thief@example.com', password: PASSWORD } }),
    () => post('/users/me/deactivation', { reason: 'a thief', password: PASSWORD }, me),
    () => post('/auth/password', { current_password: PASSWORD, new_password: 'thieves horse 9' }, me),
  ]
  for (const call of calls) {
    await owner.run(sql`update user_login set pwd = ${hash} where username = ${me.username}`)
    const answer = await during(
      sql`update user_login set pwd = ${another} where username = ${me.username}`,
      call,
    )
    assert.equal(answer.body.code, 'invalid_credentials', String(call))
  }
  assert.equal((await wallet.get('/users/me', { as: me })).body.email, me.email)
})

async function ticketFor({ username, email }: Member): Promise<string> {
  await post('/auth/password-reset', { login: email })
  const { body } = await post('/auth/password-reset/verify', {
    login: username,
    otp: await wallet.codeFor(email),
  })
  return body.ticket
}

test('a ticket, and a code for one, end with the password or the address they were asked for', async () => {
  const confirm = (ticket: string) =>
    post('/auth/password-reset/confirm', { ticket, new_password: 'thieves horse 9' })
  const ends: ((me: Member) => Promise<unknown>)[] = [
    (me) => post('/auth/password', { current_password: PASSWORD, new_password: 'another horse 8' }, me),
    ({ username }) => owner.run(sql`update user_login set pwd = 'by hand' where username = ${username}`),
    (me) =>
      wallet.call('PATCH', '/users/me', {
        as: me,
        body: { email: `new_${me.email}`, password: PASSWORD },
      }),
  ]
  for (const end of ends) {
    const me = await member()
    const ticket = await ticketFor(me)
    await end(me)
    const { token, until: expires } = await owner.one<{ token: string | null; until: Date | null }>(
      sql`select token, token_expires_at as until from user_login where username = ${me.username}`,
    )
    assert.deepEqual([token, expires], [null, null], String(end))
    assert.equal((await confirm(ticket)).body.code, 'ticket_invalid', String(end))
    const other = await member()
    await post('/auth/password-reset', { login: other.email })
    const otp = await wallet.codeFor(other.email)
    await end(other)
    const late = await post('/auth/password-reset/verify', { login: other.username, otp })
    assert.equal(late.body.code, 'otp_invalid', String(end))
  }
})

test('a ticket whose owner is no text is no ticket', async () => {
  for (const name of ['a\0b', '\0', '']) {
    const ticket = `${Buffer.from(name).toString('base64url')}.x`
    const answer = await post('/auth/password-reset/confirm', { ticket, new_password: 'brand new 99' })
    assert.deepEqual([answer.status, answer.body.code], [400, 'ticket_invalid'])
  }
})

test('who wants a code at login is told when there is none yet; strangers cannot use up the hour’s codes', async () => {
  const { username, email } = await member()
  await owner.run(sql`update user_login set otp_login = true where username = ${username}`)
  await wallet.change('otp.max_per_hour', 1)
  for (let i = 0; i < 2; i++) {
    await post('/auth/password-reset', { login: username })
    await wallet.drain()
  }
  const kinds = () =>
    owner.many(sql`select purpose from otp_tracker where username = ${username} order by id`)
  assert.deepEqual(await kinds(), [{ purpose: 'PASSWORD_RESET' }])
  assert.equal((await login(username)).body.code, 'otp_required')
  assert.deepEqual(await kinds(), [{ purpose: 'PASSWORD_RESET' }, { purpose: 'LOGIN' }])
  // The one that was mailed still serves.
  assert.equal((await login(username)).body.code, 'otp_required')
  const otp = await wallet.codeFor(email)
  for (let i = 0; i < 5; i++) await login(username, PASSWORD, undefined, { otp: wrong(otp) })
  const none = await login(username)
  assert.deepEqual([none.status, none.body.code], [429, 'otp_resend_too_soon'])
  assert.ok(Number(none.headers.get('retry-after')) > 60)
  await wallet.change('otp.max_per_hour', 5)
})

test('wrong passwords from one address, many at once, are fifty and no more; right ones are given back', async () => {
  const address = '10.9.0.1'
  const count = async () => Number(await wallet.store.kv.get(`login-failures:${address}`))
  const { username } = await member()
  assert.equal((await login(username, PASSWORD, address)).status, 200)
  assert.equal(await count(), 0)
  await wallet.store.kv.increment(`login-failures:${address}`, 900, 47)
  const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => login(`nobody_${n}`, WRONG, address)))
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [
    ...Array(3).fill(401),
    ...Array(5).fill(429),
  ])
  const refused = await login(username, PASSWORD, address)
  assert.equal(refused.status, 429)
  assert.ok(Number(refused.headers.get('retry-after')) > 60)
  assert.equal((await login(username)).status, 200)
})

test('a wrong password counts wherever it is asked for; strangers use up none of what somebody signed in has', async () => {
  const me = await member()
  const tries: ((password: string) => Promise<{ readonly body: { readonly code: string } }>)[] = [
    (password) => wallet.call('PATCH', '/users/me', { as: me, body: { email: 'x@example.com', password } }),
    (password) => post('/users/me/deactivation', { reason: 'tired', password }, me),
    (current_password) => post('/auth/password', { current_password, new_password: 'another horse 8' }, me),
  ]
  await wallet.change('auth.login_max_failures', 3)
  for (let n = 0; n < 4; n++) await login(me.username, WRONG)
  assert.equal((await login(me.username)).body.code, 'rate_limited')
  for (const attempt of tries) assert.equal((await attempt(WRONG)).body.code, 'invalid_credentials')
  for (const attempt of tries) assert.equal((await attempt(PASSWORD)).body.code, 'rate_limited')
  await wallet.change('auth.login_max_failures', 10)
})

test('resets that nobody needs hold nothing up: one job per name, few from one address', async () => {
  const { username } = await member()
  const address = '10.9.2.1'
  const ask = (login: string) =>
    wallet.post('/auth/password-reset', { body: { login }, headers: from(address) })
  const jobs = () =>
    owner.one<{ n: number; atIt: number; last: number }>(sql`
      select count(*)::int4 as n, count(j.locked_at)::int4 as "atIt", coalesce(min(j.priority), 0)::int4 as last
      from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
      where t.identifier = 'userstate.reset_request'`)
  // Held back, so that they can be counted.
  await inTransaction(owner, systemCaller, async (tx) => {
    await tx.run(sql`lock table user_login in access exclusive mode`)
    assert.equal((await ask(username)).status, 202)
    await until(async () => (await jobs()).atIt === 1)
    // One after the other, so that workers had time for each.
    for (let i = 0; i < 4; i++) assert.equal((await ask(username.toUpperCase())).status, 202)
    const { n, atIt, last } = await jobs()
    assert.deepEqual([n, atIt], [2, 1], 'one is at it, and one waits')
    assert.ok(last > 0)
  })
  await wallet.drain()
  const flood = await Promise.all(Array.from({ length: 30 }, (_, n) => ask(`nobody_${n}`)))
  assert.equal(flood.filter(({ status }) => status === 429).length, 5)
})

test('a stranger who tries codes for a reset learns nothing of who exists; whoever has the code is told', async () => {
  const { username, email } = await member()
  const verify = (name: string, otp: string) => post('/auth/password-reset/verify', { login: name, otp })
  for (const name of [username, 'nobody_here']) await post('/auth/password-reset', { login: name })
  const otp = await wallet.codeFor(email)
  const alike = ({ request_id: _, ...rest }: Record<string, unknown>) => rest
  const bothAnswer = async (code: string) => {
    const [known, unknown] = [await verify(username, wrong(otp)), await verify('nobody_here', wrong(otp))]
    assert.deepEqual([known.status, known.body.code], [400, code])
    assert.deepEqual([unknown.status, alike(unknown.body)], [known.status, alike(known.body)])
  }
  for (let i = 0; i < 7; i++) await bothAnswer('otp_invalid')
  assert.equal((await verify(username, otp)).body.code, 'otp_locked')
  await wallet.advance({ seconds: 301 })
  await bothAnswer('otp_invalid')
  assert.equal((await verify(username, otp)).body.code, 'otp_expired')
})

test('a wrong password takes the same work for everybody, also where there is no hash to compare', async () => {
  const { username } = await member()
  const unhashed = await wallet.person()
  let derived = 0
  const hook = createHook({
    init(_id, type) {
      if (type === 'ARGON2REQUEST') derived += 1
    },
  }).enable()
  const found: number[] = []
  for (const name of [username, unhashed.username, 'nobody_here']) {
    derived = 0
    assert.equal((await login(name, WRONG)).status, 401)
    found.push(derived)
  }
  hook.disable()
  assert.deepEqual(found, [1, 1, 1])
})

test('who closes an account several times at once closes it once', async () => {
  const me = await member()
  const answers = await Promise.all(
    Array.from({ length: 4 }, () =>
      post('/users/me/deactivation', { reason: 'tired of it', password: PASSWORD }, me),
    ),
  )
  assert.equal(answers.filter(({ status }) => status === 204).length, 1)
  for (const { status } of answers) assert.ok([204, 401, 403].includes(status), String(status))
  assert.equal(
    (await owner.many(sql`select from deactivate_reason where username = ${me.username}`)).length,
    1,
  )
})

test('general limits: a person and a service have so many requests a minute, an address so many accounts an hour', async () => {
  const [me, other] = [await member(), await member()]
  const headers = await wallet.service('eager')
  const path = `/services/users/${me.username}`
  const crowd = async (size: number, ask: () => Promise<{ readonly status: number }>) => {
    const answers = await Promise.all(Array.from({ length: size }, ask))
    return answers.filter(({ status }) => status === 200).length
  }
  const [mine, services] = await Promise.all([
    crowd(70, () => wallet.get('/wallet', { as: me })),
    crowd(100, () => wallet.get(path, { headers })),
  ])
  assert.deepEqual([mine, services], [60, 90])
  const refused = await wallet.get('/wallet', { as: me })
  assert.deepEqual([refused.status, refused.body.code], [429, 'rate_limited'])
  assert.ok(Number(refused.headers.get('retry-after')) >= 1)
  // Their sessions are one person's.
  assert.equal((await wallet.get('/wallet', { as: await wallet.signIn(me) })).status, 429)
  assert.equal((await wallet.get('/wallet', { as: other })).status, 200)
  await wallet.advance({ seconds: 61 })
  assert.equal((await wallet.get('/wallet', { as: me })).status, 200)
  assert.equal((await wallet.get(path, { headers })).status, 200)

  const register = (n: number, address: string) =>
    wallet.post('/auth/register', {
      body: {
        username: `fresh_${n}`,
        password: PASSWORD,
        email: `fresh_${n}@example.com`,
        first_name: 'A',
        last_name: 'B',
      },
      headers: from(address),
    })
  const made = await Promise.all(Array.from({ length: 5 }, (_, n) => register(n, '10.9.1.1')))
  assert.deepEqual(made.map(({ status }) => status).toSorted(), [201, 201, 201, 429, 429])
  assert.equal((await register(9, '10.9.1.2')).status, 201)
})
