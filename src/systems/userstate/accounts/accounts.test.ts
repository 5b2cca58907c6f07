/** Registering, signing in, codes, passwords (UserState, U1 to U8). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hash } from 'bcryptjs'
import { openUserstate, type Person } from '../../../../test/userstate.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'

const wallet = await openUserstate()
const { owner } = wallet

const PASSWORD = 'correct horse 7'
let people = 0

/** Each from an address of its own: limits are counted by it. */
const from = (n: number) => ({ 'x-forwarded-for': `10.0.${n >> 8}.${n & 255}` })

async function registered(extra: Readonly<Record<string, unknown>> = {}) {
  people += 1
  const username = `user_${people}`
  const email = `${username}@example.com`
  const body = { username, password: PASSWORD, email, first_name: 'José', last_name: 'Doe', ...extra }
  const answer = await wallet.post('/auth/register', { body, headers: from(people) })
  return { ...answer, username, email, as: { username, token: answer.body.access_token } satisfies Person }
}

const login = (name: string, password = PASSWORD, extra = {}, n = 9000) =>
  wallet.post('/auth/login', { body: { login: name, password, ...extra }, headers: from(n) })

const pwdOf = async (username: string) =>
  (await owner.one<{ pwd: string }>(sql`select pwd from user_login where username = ${username}`)).pwd

const setPwd = (username: string, pwd: string) =>
  owner.run(sql`update user_login set pwd = ${pwd} where username = ${username}`)

test('check 10: register, sign in, renew, sign out; a refresh token that comes twice ends the session', async () => {
  const { status, body, username, as } = await registered()
  assert.equal(status, 201)
  assert.deepEqual(
    [body.user.username, body.user.referral_code, body.user.balance, body.user.email_verified],
    [username, 'JOSE1', '0', false],
  )
  assert.match(await pwdOf(username), /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  const { body: tokens, status: signedIn } = await login(`${username.toUpperCase()}@EXAMPLE.com`)
  assert.equal(signedIn, 200)
  const refresh = (refresh_token: string) => wallet.post('/auth/refresh', { body: { refresh_token } })
  const renewed = await refresh(tokens.refresh_token)
  assert.equal(renewed.status, 200)
  const again = await refresh(tokens.refresh_token)
  assert.deepEqual([again.status, again.body.code], [401, 'refresh_reused'])
  assert.equal((await refresh(renewed.body.refresh_token)).status, 401)
  assert.equal((await wallet.get('/users/me', { as: { token: renewed.body.access_token } })).status, 401)

  const sessions = await wallet.get('/auth/sessions', { as })
  assert.deepEqual(
    sessions.body.items.map((one: { current: boolean }) => one.current),
    [true],
  )
  assert.equal((await wallet.post('/auth/logout', { as })).status, 204)
  assert.equal((await wallet.get('/users/me', { as })).status, 401)
})

test('what is taken or weak is refused and leaves nothing behind', async () => {
  const { username, email } = await registered()
  const refusals = [
    [{ username: username.toUpperCase() }, 409, 'username_taken'],
    [{ email: email.toUpperCase() }, 409, 'email_taken'],
    [{ password: 'short1' }, 422, 'weak_password'],
    [{ password: 'onlyletters' }, 422, 'weak_password'],
    [{ password: '1234567890' }, 422, 'weak_password'],
    [{ password: 'Password123' }, 422, 'weak_password'],
    [{ username: 'ab' }, 400, 'validation_failed'],
    [{ username: '_abc' }, 400, 'validation_failed'],
    [{ email: 'nobody' }, 400, 'validation_failed'],
    [{ date_of_birth: '2999-01-01' }, 400, 'validation_failed'],
    [{ date_of_birth: '2001-02-30' }, 400, 'validation_failed'],
    [{ phone_number: '0000' }, 400, 'validation_failed'],
    [{ gender: 'X' }, 400, 'validation_failed'],
    [{ referral_code: 'NOBODY99' }, 404, 'referral_code_invalid'],
    [{ admin: true }, 400, 'validation_failed'],
  ] as const
  const before = await owner.one(sql`select count(*) from user_login`)
  for (const [extra, status, code] of refusals) {
    const { status: answered, body } = await registered(extra)
    assert.deepEqual([answered, body.code], [status, code], JSON.stringify(extra))
  }
  assert.deepEqual(await owner.one(sql`select count(*) from user_login`), before)
})

test('of many who want one name at once, one gets it', async () => {
  const body = { username: 'wanted', password: PASSWORD, first_name: 'A', last_name: 'B' }
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, n) =>
      wallet.post('/auth/register', {
        body: { ...body, email: `w${n}@example.com` },
        headers: from(2000 + n),
      }),
    ),
  )
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, ...Array(7).fill(409)])
})

test('a phone number is kept as E.164, the sign-up bonus is one mutation', async () => {
  await wallet.change('points.signup_bonus', 25)
  const { body, as } = await registered({ phone_number: '0812-3456-7890', date_of_birth: '1990-01-31' })
  await wallet.change('points.signup_bonus', 0)
  assert.deepEqual([body.user.phone_number, body.user.date_of_birth], ['+6281234567890', '1990-01-31'])
  assert.equal((await wallet.get('/wallet', { as })).body.points, '25')
})

test('check 11: somebody with a bcrypt hash signs in and has an argon2id one from then on', async () => {
  const { username } = await registered()
  const old = (await hash('old password 1', 10)).replace(/^\$2a/, '$2b')
  await setPwd(username, old)
  assert.equal((await login(username, 'wrong password 1')).status, 401)
  assert.equal(await pwdOf(username), old)
  assert.equal((await login(username, 'old password 1')).status, 200)
  assert.match(await pwdOf(username), /^\$argon2id\$/)
  assert.equal((await login(username, 'old password 1')).status, 200)
})

test('check 12: what is no hash is a wrong password; two first logins at once both succeed', async () => {
  const { username } = await registered()
  await setPwd(username, '$2b$10$...hashedpassword...')
  assert.equal((await login(username)).status, 401)
  await setPwd(username, await hash(PASSWORD, 10))
  const both = await Promise.all([login(username), login(username)])
  assert.deepEqual(
    both.map(({ status }) => status),
    [200, 200],
  )
})

test('check 13: the eleventh wrong password waits, for those who exist and those who do not', async () => {
  const { username } = await registered()
  const codes = async (name: string, n: number) => {
    const answers = []
    for (let i = 0; i < 10; i++) answers.push(await login(name, 'wrong password 1', {}, n))
    assert.deepEqual([...new Set(answers.map(({ body }) => body.code))], ['invalid_credentials'])
    return await login(name, PASSWORD, {}, n)
  }
  const known = await codes(username, 3001)
  const unknown = await codes('nobody_here', 3002)
  assert.deepEqual([known.status, unknown.status], [429, 429])
  assert.ok(Number(known.headers.get('retry-after')) > 0)
  const plain = ({ request_id: _, retry_after: __, detail: ___, ...rest }: Record<string, unknown>) => rest
  assert.deepEqual(plain(known.body), plain(unknown.body))
  await wallet.advance({ minutes: 16 })
  assert.equal((await login(username, PASSWORD, {}, 3001)).status, 200)
})

test('check 13: wrong passwords at once are counted as if they came one by one', async () => {
  const { username } = await registered()
  const answers = await Promise.all(
    Array.from({ length: 15 }, () => login(username, 'wrong password 1', {}, 3003)),
  )
  assert.equal(answers.filter(({ status }) => status === 401).length, 10)
})

test('check 14: another password ends the other sessions at once', async () => {
  const { username, as } = await registered()
  const { body: other } = await login(username)
  const change = (current_password: string, new_password: string) =>
    wallet.post('/auth/password', { as, body: { current_password, new_password } })
  assert.equal((await change('not my password 1', 'another horse 8')).body.code, 'invalid_credentials')
  assert.equal((await change(PASSWORD, `${username}@example.com`)).body.code, 'weak_password')
  assert.equal((await change(PASSWORD, 'another horse 8')).status, 204)
  assert.equal((await wallet.get('/users/me', { as: { token: other.access_token } })).status, 401)
  assert.equal((await wallet.get('/users/me', { as })).status, 200)
  assert.equal((await login(username, 'another horse 8')).status, 200)
})

test('check 15: a reset mails only those who exist, and its ticket works once', async () => {
  const request = (name: string) => wallet.post('/auth/password-reset', { body: { login: name } })
  assert.equal((await request('nobody@example.com')).status, 202)
  assert.throws(() => wallet.mailTo('nobody@example.com'))
  const { username, email, as } = await registered()
  assert.equal((await request(email)).status, 202)
  const otp = await wallet.codeFor(email)
  const verify = (code: string) =>
    wallet.post('/auth/password-reset/verify', { body: { login: username, otp: code } })
  assert.equal((await verify(otp === '000000' ? '000001' : '000000')).body.code, 'otp_invalid')
  const { body } = await verify(otp)
  assert.equal(body.expires_in, 600)
  assert.equal((await verify(otp)).body.code, 'otp_invalid')
  const confirm = (ticket: string, new_password = 'brand new 99') =>
    wallet.post('/auth/password-reset/confirm', { body: { ticket, new_password } })
  assert.equal((await confirm(`${body.ticket}x`)).body.code, 'ticket_invalid')
  assert.equal((await confirm(body.ticket, 'weak')).body.code, 'weak_password')
  const both = await Promise.all([confirm(body.ticket), confirm(body.ticket)])
  assert.deepEqual(both.map(({ status }) => status).sort(), [204, 400])
  const row = await owner.one<{ token: string | null }>(
    sql`select token from user_login where username = ${username}`,
  )
  assert.equal(row.token, null)
  assert.equal((await wallet.get('/users/me', { as })).status, 401)
  assert.equal((await login(username, 'brand new 99')).status, 200)
})

const verifyEmail = (as: Person, otp: string) =>
  wallet.post('/otp/verify', { as, body: { purpose: 'VERIFY_EMAIL', otp } })
const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

test('check 16: five wrong codes lock also the right one; a new one supersedes it', async () => {
  const { email, as } = await registered()
  const code = await wallet.codeFor(email)
  const { n } = await owner.one<{ n: number }>(
    sql`select count(*)::int4 as n from otp_tracker where otp like ${`%${code}%`} or otp !~ '^hmac-sha256[$][0-9a-f]{64}$'`,
  )
  assert.equal(n, 0)
  for (let i = 0; i < 5; i++) assert.equal((await verifyEmail(as, wrong(code))).body.code, 'otp_invalid')
  const locked = await verifyEmail(as, code)
  assert.deepEqual([locked.status, locked.body.code], [429, 'otp_locked'])
  const soon = await wallet.post('/otp', { as, body: { purpose: 'VERIFY_EMAIL' } })
  assert.deepEqual([soon.status, soon.body.code], [429, 'otp_resend_too_soon'])
  await wallet.advance({ seconds: 61 })
  assert.equal((await wallet.post('/otp', { as, body: { purpose: 'VERIFY_EMAIL' } })).status, 202)
  const fresh = await wallet.codeFor(email)
  assert.equal((await verifyEmail(as, fresh)).status, 204)
  assert.equal((await wallet.get('/users/me', { as })).body.email_verified, true)
  assert.equal((await verifyEmail(as, fresh)).body.code, 'otp_invalid')
})

test('check 16: twenty wrong codes at once count five; after five minutes a code is too old', async () => {
  const { username, email, as } = await registered()
  const code = await wallet.codeFor(email)
  const answers = await Promise.all(Array.from({ length: 20 }, () => verifyEmail(as, wrong(code))))
  assert.equal(answers.filter(({ body }) => body.code === 'otp_invalid').length, 5)
  const { attempts } = await owner.one<{ attempts: number }>(
    sql`select attempts from otp_tracker where username = ${username}`,
  )
  assert.equal(attempts, 5)
  const other = await registered()
  const late = await wallet.codeFor(other.email)
  await wallet.advance({ seconds: 301 })
  const answer = await verifyEmail(other.as, late)
  assert.deepEqual([answer.status, answer.body.code], [410, 'otp_expired'])
})

test('a right code that comes several times at once is used once', async () => {
  const { email, as } = await registered()
  const code = await wallet.codeFor(email)
  const answers = await Promise.all(Array.from({ length: 4 }, () => verifyEmail(as, code)))
  assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 400, 400, 400])
})

test('five codes an hour are enough', async () => {
  const { as } = await registered()
  for (let i = 0; i < 4; i++) {
    await wallet.advance({ seconds: 61 })
    assert.equal((await wallet.post('/otp', { as, body: { purpose: 'PAYOUT' } })).status, 202)
  }
  await wallet.advance({ seconds: 61 })
  const sixth = await wallet.post('/otp', { as, body: { purpose: 'PAYOUT' } })
  assert.equal(sixth.body.code, 'otp_resend_too_soon')
  assert.ok(sixth.body.retry_after > 60)
})

test('check 17: the life of a code and its tries follow the settings without a restart', async () => {
  const admin = await wallet.person({ roles: ['admin'] })
  for (const [key, value] of [
    ['otp.ttl_seconds', 60],
    ['otp.max_attempts', 3],
  ] as const)
    assert.equal(
      (await wallet.call('PUT', `/admin/settings/${key}`, { as: admin, body: { value } })).status,
      200,
    )
  const { email, as } = await registered()
  const code = await wallet.codeFor(email)
  for (let i = 0; i < 3; i++) await verifyEmail(as, wrong(code))
  assert.equal((await verifyEmail(as, code)).body.code, 'otp_locked')
  await wallet.advance({ seconds: 61 })
  assert.equal((await verifyEmail(as, code)).body.code, 'otp_expired')
  await wallet.change('otp.ttl_seconds', 300)
  await wallet.change('otp.max_attempts', 5)
})

test('who wants a code at login needs it, and is told of a wrong one as of a wrong password', async () => {
  const { username, email, as } = await registered()
  await wallet.call('PATCH', '/users/me', { as, body: { otp_login: true } })
  const first = await login(username)
  assert.deepEqual([first.status, first.body.code], [403, 'otp_required'])
  assert.equal((await login(username)).body.code, 'otp_required')
  const otp = await wallet.codeFor(email)
  const refused = await login(username, PASSWORD, { otp: wrong(otp) })
  assert.deepEqual([refused.status, refused.body.code], [401, 'otp_invalid'])
  assert.equal((await login(username, PASSWORD, { otp })).status, 200)
})

test('who is disabled is told so after the right password only', async () => {
  const { username, as } = await registered()
  await owner.run(sql`update user_login set disabled = true where username = ${username}`)
  assert.equal((await login(username, 'wrong password 1')).body.code, 'invalid_credentials')
  assert.deepEqual(
    [(await login(username)).status, (await login(username)).body.code],
    [403, 'account_disabled'],
  )
  assert.equal((await wallet.get('/users/me', { as })).body.code, 'account_disabled')
})

test('another e-mail address needs the password and has yet to be confirmed', async () => {
  const { email, as } = await registered()
  const code = await wallet.codeFor(email)
  const patch = (body: unknown) => wallet.call('PATCH', '/users/me', { as, body })
  assert.equal((await patch({ email: 'x1@example.com' })).status, 400)
  assert.equal((await patch({ email: 'x1@example.com', password: 'wrong password 1' })).status, 401)
  assert.equal((await patch({ email: 'wanted', password: PASSWORD })).status, 400)
  const taken = await registered()
  assert.equal((await patch({ email: taken.email, password: PASSWORD })).body.code, 'email_taken')
  const { body } = await patch({
    email: 'X1@Example.com',
    password: PASSWORD,
    gender: 'FEMALE',
    first_name: ' Ana ',
  })
  assert.deepEqual(
    [body.email, body.email_verified, body.gender, body.first_name],
    ['x1@example.com', false, 'FEMALE', 'Ana'],
  )
  // The code went to the old address.
  assert.equal((await verifyEmail(as, code)).body.code, 'otp_invalid')
  for (const readOnly of ['username', 'agent', 'referral_code', 'referral_applied_status', 'balance'])
    assert.equal((await patch({ [readOnly]: 'x' })).status, 400, readOnly)
})

test('check 39: own code, a second one, an inviter’s and one that comes too late are refused', async () => {
  const a = await registered()
  const b = await registered({ referral_code: a.body.user.referral_code })
  assert.equal(b.body.user.referral_applied_status, 'PENDING')
  const apply = (username: string, code: string) =>
    inTransaction(wallet.store.db, systemCaller, (tx) =>
      tx.one(sql`select apply_referral(${username}, ${code})`),
    )
  const code = (one: typeof a) => one.body.user.referral_code
  await assert.rejects(apply(a.username, code(a)), { code: 'referral_self' })
  await assert.rejects(apply(a.username, code(b)), { code: 'referral_circular' })
  const c = await registered()
  await assert.rejects(apply(b.username, code(c)), { code: 'referral_already_applied' })
  await owner.run(sql`
    insert into user_transaction (username, type, amount, invoice, status) values (${c.username}, 'TOPUP', 1, 'I', 'PAID')`)
  await assert.rejects(apply(c.username, code(a)), { code: 'referral_not_eligible' })
  const d = await registered()
  await wallet.advance({ days: 31 })
  await assert.rejects(apply(d.username, code(a)), { code: 'referral_not_eligible' })
  const [e, f] = [await registered(), await registered()]
  const both = await Promise.allSettled([apply(e.username, code(f)), apply(f.username, code(e))])
  assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
})

test('check 57: what is no request is refused without a trace of us', async () => {
  const { as } = await registered()
  const post = (body: unknown) => wallet.post('/auth/login', { body, headers: from(4000) })
  for (const body of [
    '{',
    'null',
    '[]',
    '"x"',
    { login: 5, password: 'x' },
    { login: "x'; drop table user_login; --", password: 'x' },
  ]) {
    const { status } = await post(body)
    assert.ok(status >= 400 && status < 500, JSON.stringify(body))
  }
  assert.equal((await post({ login: 'x', password: 'y'.repeat(10 * 1024 * 1024) })).status, 413)
  for (const path of ["/admin/users/'%20or%201=1", '/addresses/1;drop', '/users/%00'])
    assert.ok([400, 403, 404].includes((await wallet.get(path, { as })).status), path)
})
