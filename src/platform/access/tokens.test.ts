import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import {
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose'
import { v7 } from 'uuid'
import { testDatabase } from '../../../test/database.ts'
import { until } from '../../../test/until.ts'
import { systemCaller } from '../../kernel/caller.ts'
import { SandboxClock } from '../../kernel/clock.ts'
import { isDomainError, kernelErrors } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import { sql } from '../../postgres/sql.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { platformComponent } from '../components.ts'
import { newFieldKey, parseFieldKeys } from '../crypto/field-keys.ts'
import { platformErrors } from '../errors.ts'
import { jobsComponent } from '../jobs/component.ts'
import { purge } from '../jobs/purge.ts'
import { pruneSessions, purgeRefreshTokens } from './session.jobs.ts'
import { createTokens, forgetSessions, revokeSessions } from './tokens.ts'

const clock = new SandboxClock()
const shop = await testDatabase(
  {
    system: 'shop',
    name: 'db_access',
    urlVariables: [],
    components: [jobsComponent, platformComponent],
    errors: { ...kernelErrors, ...platformErrors },
  },
  clock,
)
const seal = parseFieldKeys(newFieldKey('k1'))
const tokens = () => createTokens({ db: shop.db, system: 'shop', seal, refreshSeconds: 24 * 3600 })

const refused = (code: string) => (error: unknown) => isDomainError(error, code)
const person = () => String(100_000_000 + Math.floor(Math.random() * 1e9))

test('a token says who and which session, and nothing secret is stored', async () => {
  const subject = person()
  const issuer = tokens()
  const { access_token, refresh_token, expires_in } = await issuer.issue(subject)
  assert.equal((await issuer.verify(access_token)).subject, subject)
  assert.equal(expires_in, 900)
  const stored = await shop.db.many<object>(sql`
    select t::text as row from niaga.refresh_token t union all select k::text from niaga.signing_key k`)
  assert.doesNotMatch(JSON.stringify(stored), new RegExp(`${refresh_token}|"d":`))
})

test('an access token ends after fifteen minutes', async () => {
  const issuer = tokens()
  const { access_token } = await issuer.issue(person())
  clock.advance({ minutes: 14 })
  await issuer.verify(access_token)
  clock.advance({ minutes: 1, seconds: 1 })
  await assert.rejects(issuer.verify(access_token), refused('unauthenticated'))
})

test('forged tokens of every kind are refused', async () => {
  const issuer = tokens()
  const { access_token } = await issuer.issue(person())
  const [header = '', payload = '', signature = ''] = access_token.split('.')
  const kid = decodeProtectedHeader(access_token).kid ?? ''
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims: JWTPayload = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const { privateKey, publicKey } = await generateKeyPair('EdDSA')
  const signedBy = (headers: object, changed: JWTPayload = claims) =>
    new SignJWT(changed).setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid, ...headers }).sign(privateKey)
  const published = (await issuer.jwks()).keys[0]
  const hmac = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid })
    .sign(Buffer.from(JSON.stringify(published)))

  const forged = [
    '',
    'x',
    'a.b.c',
    `${header}.${payload}.`,
    `${encoded({ alg: 'none', typ: 'at+jwt', kid })}.${payload}.`,
    `${encoded({ alg: 'none' })}.${payload}.${signature}`,
    `${header}.${encoded({ ...claims, sub: '1' })}.${signature}`,
    await signedBy({}),
    await signedBy({ kid: 'unknown' }),
    await signedBy({ kid: undefined, jwk: await exportJWK(publicKey) }),
    hmac,
  ]
  for (const token of forged) await assert.rejects(issuer.verify(token), refused('unauthenticated'), token)
})

test('a token of another system, or of another kind under the same key, is refused', async () => {
  const issuer = tokens()
  const elsewhere = createTokens({ db: shop.db, system: 'other', seal, refreshSeconds: 60 })
  const { access_token } = await elsewhere.issue('7')
  await elsewhere.verify(access_token)
  await assert.rejects(issuer.verify(access_token), refused('unauthenticated'))
})

test('a refresh token works once; the second use ends the whole session', async () => {
  const issuer = tokens()
  const subject = person()
  const first = await issuer.issue(subject)
  const second = await issuer.refresh(first.refresh_token)
  assert.equal(second.subject, subject)
  const third = await issuer.refresh(second.refresh_token)
  await assert.rejects(issuer.refresh(first.refresh_token), refused('refresh_reused'))
  await assert.rejects(issuer.refresh(third.refresh_token), refused('unauthenticated'))
})

test('twenty refreshes with one token at once: one wins, and the session is over', async () => {
  const issuer = tokens()
  const { refresh_token } = await issuer.issue(person())
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => issuer.refresh(refresh_token)))
  const won = results.filter((result) => result.status === 'fulfilled')
  const lost = results.filter((result) => result.status === 'rejected')
  assert.equal(won.length, 1)
  assert.ok(lost.every(({ reason }) => isDomainError(reason, 'refresh_reused')))
  for (const { value } of won)
    await assert.rejects(issuer.refresh(value.refresh_token), refused('unauthenticated'))
})

test('a reuse that races with the newest refresh leaves no live token behind', async () => {
  const issuer = tokens()
  for (let round = 0; round < 10; round++) {
    const first = await issuer.issue(person())
    const second = await issuer.refresh(first.refresh_token)
    const [, newest] = await Promise.allSettled([
      issuer.refresh(first.refresh_token),
      issuer.refresh(second.refresh_token),
    ])
    if (newest.status === 'fulfilled') {
      await assert.rejects(issuer.refresh(newest.value.refresh_token), refused('unauthenticated'))
    }
  }
})

test('refresh tokens end after a day unused, and each use starts the day again', async () => {
  const issuer = tokens()
  const first = await issuer.issue(person())
  clock.advance({ hours: 23 })
  const second = await issuer.refresh(first.refresh_token)
  clock.advance({ hours: 23 })
  const third = await issuer.refresh(second.refresh_token)
  clock.advance({ hours: 24 })
  await assert.rejects(issuer.refresh(third.refresh_token), refused('unauthenticated'))
})

test('logout ends one session, a ban all of them', async () => {
  const issuer = tokens()
  const subject = person()
  const [phone, laptop, tablet] = await Promise.all([
    issuer.issue(subject),
    issuer.issue(subject),
    issuer.issue(subject),
  ])
  await issuer.revoke(phone.refresh_token)
  await issuer.revoke('rt_never-issued')
  await assert.rejects(issuer.refresh(phone.refresh_token), refused('unauthenticated'))
  await issuer.refresh(laptop.refresh_token)
  assert.equal(await inTransaction(shop.db, systemCaller, (tx) => revokeSessions(tx, subject)), 2)
  await assert.rejects(issuer.refresh(tablet.refresh_token), refused('unauthenticated'))
  assert.equal(await inTransaction(shop.db, systemCaller, (tx) => forgetSessions(tx, subject)), 3)
})

test('ended sessions are remembered for 30 days, then removed', async () => {
  const issuer = tokens()
  const { refresh_token } = await issuer.issue(person())
  await issuer.refresh(refresh_token)
  const prune = () => pruneSessions(shop.db, { caller: systemCaller, signal: new AbortController().signal })
  clock.advance({ days: 30 })
  await prune()
  await assert.rejects(issuer.refresh(refresh_token), refused('refresh_reused'))
  clock.advance({ days: 2 })
  assert.ok((await prune()) > 0)
  await assert.rejects(issuer.refresh(refresh_token), refused('unauthenticated'))
})

test('a session that was revoked, or whose last token ended, goes 30 days later; one that lives stays for ever', async () => {
  const subject = person()
  const day = 86_400_000
  const at = (days: number) => new Date(clock.now().getTime() + days * day)
  const sessions = [
    { name: 'revoked 31 days ago', revoked: at(-31), expires: at(1), gone: true },
    { name: 'revoked 29 days ago', revoked: at(-29), expires: at(1), gone: false },
    { name: 'ended 31 days ago', revoked: null, expires: at(-31), gone: true },
    { name: 'ended 29 days ago', revoked: null, expires: at(-29), gone: false },
    { name: 'lives', revoked: null, expires: at(1), gone: false },
  ].map((one) => ({ ...one, id: v7({ msecs: at(-100).getTime() }) }))
  for (const { id, revoked, expires } of sessions) {
    await shop.db.run(sql`
      insert into niaga.session (id, subject, created_at, revoked_at) values (${id}, ${subject}, ${at(-100)}, ${revoked})`)
    for (const end of [at(-70), expires])
      await shop.db.run(sql`
        insert into niaga.refresh_token (token_hash, session_id, expires_at) values (${randomBytes(32)}, ${id}, ${end})`)
  }
  await shop.db.run(sql`
    insert into niaga.session (id, subject, created_at)
    select overlay(gen_random_uuid()::text placing ${v7({ msecs: at(-100).getTime() }).slice(0, 13)} from 1)::uuid,
      ${subject}, ${at(-100)} from generate_series(1, 12000)`)
  const run = { caller: systemCaller, signal: new AbortController().signal }
  assert.ok((await pruneSessions(shop.db, run)) >= 12_002)
  const left = await shop.db.many<{ id: string }>(
    sql`select id from niaga.session where subject = ${subject}`,
  )
  assert.deepEqual(
    sessions.filter(({ id }) => left.some((one) => one.id === id)).map(({ name }) => name),
    sessions.filter(({ gone }) => !gone).map(({ name }) => name),
  )
  assert.equal(left.length, 3)
})

const purgeTokens = () =>
  purge(shop.db, { caller: systemCaller, signal: new AbortController().signal }, purgeRefreshTokens)

test('a living session forgets its used tokens 30 days after their end; until then a second use ends it', async () => {
  const issuer = tokens()
  const subject = person()
  const first = await issuer.issue(subject)
  let living = await issuer.refresh(first.refresh_token)
  const days = async (n: number) => {
    for (let day = 0; day < n; day++) {
      clock.advance({ hours: 23 })
      living = await issuer.refresh(living.refresh_token)
    }
  }
  const hash = createHash('sha256').update(first.refresh_token).digest()
  const isKept = async () => {
    const { kept } = await shop.db.one<{ kept: boolean }>(
      sql`select exists (select from niaga.refresh_token where token_hash = ${hash}) as kept`,
    )
    return kept
  }
  await days(32)
  await purgeTokens()
  assert.ok(await isKept())
  await days(1)
  assert.ok((await purgeTokens()) > 0)
  assert.ok(!(await isKept()))
  // Far too old to be told from any other word, and the session goes on.
  await assert.rejects(issuer.refresh(first.refresh_token), refused('unauthenticated'))
  living = await issuer.refresh(living.refresh_token)
  assert.equal((await issuer.verify(living.access_token)).subject, subject)
})

test('a token that goes while somebody waits with it opens nothing', async () => {
  const issuer = tokens()
  const old = await issuer.issue(person())
  const hash = createHash('sha256').update(old.refresh_token).digest()
  const ofSession = sql`(select session_id from niaga.refresh_token where token_hash = ${hash})`
  clock.advance({ days: 32 })
  let late: Promise<unknown> = Promise.resolve()
  await inTransaction(shop.db, systemCaller, async (tx) => {
    await tx.run(sql`select from niaga.session where id = ${ofSession} for update`)
    late = assert.rejects(issuer.refresh(old.refresh_token), refused('unauthenticated'))
    await until(async () => {
      const { waits } = await shop.db.one<{ waits: boolean }>(sql`
        select exists (select from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and query ~ 'rotate_refresh_token') as waits`)
      return waits
    })
    assert.ok((await purgeTokens()) > 0)
  })
  await late
})

test('after a key rotation old tokens live out their time, new ones name the new key', async () => {
  const issuer = tokens()
  const other = tokens()
  const before = await issuer.issue(person())
  await other.verify(before.access_token)
  const kid = await issuer.rotateKey()
  const after = await issuer.issue(person())
  assert.equal(decodeProtectedHeader(after.access_token).kid, kid)
  await issuer.verify(before.access_token)
  const { keys } = await issuer.jwks()
  assert.equal(keys.length, 2)
  assert.ok(keys.every((key) => !('d' in key)))
  clock.advance({ minutes: 2 })
  const elsewhere = await other.issue(person())
  assert.equal(decodeProtectedHeader(elsewhere.access_token).kid, kid)
  clock.advance({ minutes: 16 })
  assert.deepEqual(
    (await issuer.jwks()).keys.map((key) => key.kid),
    [kid],
  )
})

test('anybody can verify with the published keys alone', async () => {
  const issuer = tokens()
  const { access_token } = await issuer.issue('42')
  const { keys } = await issuer.jwks()
  const { kid } = decodeProtectedHeader(access_token)
  const jwk = keys.find((key) => key.kid === kid)
  assert.ok(jwk)
  const { payload } = await jwtVerify(access_token, await importJWK(jwk), { currentDate: clock.now() })
  assert.equal(payload.sub, '42')
})

test('ten processes that start at once agree on one signing key', async () => {
  await shop.db.run(sql`delete from niaga.signing_key`)
  const started = await Promise.all(Array.from({ length: 10 }, () => tokens().issue(person())))
  const kids = new Set(started.map(({ access_token }) => decodeProtectedHeader(access_token).kid))
  assert.equal(kids.size, 1)
})

test('a hash of another token finds nothing', async () => {
  const hash = createHash('sha256').update(newId()).digest()
  const row = await shop.db.one<{ outcome: string }>(sql`
    select outcome from niaga.rotate_refresh_token(${hash}, ${hash}, interval '1 day')`)
  assert.equal(row.outcome, 'unknown')
})
