import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { StillClock } from '../../../test/still-clock.ts'
import { fail } from '../../kernel/errors.ts'
import { useAccess } from '../access/guard.ts'
import { definePermissions } from '../access/permissions.ts'
import { type CallerLimits, limitCallers } from './caller-limit.ts'
import { idempotencyKey } from './idempotency-key.ts'
import { type Counter, countAttempt, rateLimit } from './rate-limit.ts'
import { call, testServer } from './test-server.ts'

/** As the key-value store counts, for one window. */
function counter(): Counter & { keys: Map<string, number>; asked: number } {
  const keys = new Map<string, number>()
  return {
    keys,
    asked: 0,
    async increment(key, _window, by = 1) {
      this.asked += 1
      const count = (keys.get(key) ?? 0) + by
      keys.set(key, count)
      return { count, resetsInSeconds: 41.5 }
    },
  }
}

test('fifty at once against a limit of five: five pass, the others are told when to come back', async (t) => {
  const counts = counter()
  const limit = rateLimit(counts, { action: 'login', limit: 5, windowSeconds: 60 })
  const { url } = await testServer(t, (app) => {
    app.post('/login', { config: { access: 'public' }, preHandler: limit }, async () => ({ ok: true }))
  })
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => call(`${url}/login`, { method: 'POST' })),
  )
  assert.equal(answers.filter(({ status }) => status === 200).length, 5)
  const refused = answers.filter(({ status }) => status === 429)
  assert.equal(refused.length, 45)
  for (const { headers, body } of refused) {
    assert.equal(headers.get('retry-after'), '42')
    assert.equal(body.code, 'rate_limited')
    assert.equal(body.retry_after, 42)
  }
  assert.deepEqual([...counts.keys.keys()], ['rate:ip:127.0.0.1:login'])
})

test('the bot counts under the same key as the API', async () => {
  const counts = counter()
  await countAttempt(counts, '100000001', { action: 'cmd', limit: 1, windowSeconds: 60 })
  assert.deepEqual([...counts.keys.keys()], ['rate:100000001:cmd'])
  await assert.rejects(
    countAttempt(counts, '100000001', { action: 'cmd', limit: 1, windowSeconds: 60 }),
    /Too many/,
  )
})

/** A process of a system in which everybody is who they say: `x-who: user:ayu`. */
async function limited(t: TestContext, limits: CallerLimits): Promise<string> {
  const { url } = await testServer(t, (app) => {
    useAccess(app, {
      permissions: definePermissions({ look: { roles: ['user'] } }),
      async authenticate({ headers }) {
        const [kind, subject = ''] = String(headers['x-who'] ?? '').split(':')
        if (kind !== 'user' && kind !== 'service') return undefined
        return { system: 'shop', subject, kind, actor: 'user', roles: ['user'], scopes: [] }
      },
    })
    limitCallers(app, limits)
    const ok = async () => ({ ok: true })
    app.get('/mine', { config: { access: { permission: 'look' } }, schema: { summary: 'Mine' } }, ok)
    app.post('/open', { config: { access: 'public' }, schema: { summary: 'Open' } }, ok)
  })
  return url
}

test('several processes share one limit per person and per service, and refuse from memory', async (t) => {
  const [shared, clock] = [counter(), new StillClock()]
  const limits = { counter: shared, clock, perMinute: { user: 40, service: 60 } }
  const processes = [await limited(t, limits), await limited(t, limits)]
  const passing = async (size: number, who: string, path = '/mine', method = 'GET') => {
    const answers = await Promise.all(
      Array.from({ length: size }, (_, n) =>
        call(`${processes[n % 2]}${path}`, { method, headers: { 'x-who': who } }),
      ),
    )
    return answers.filter(({ status }) => status === 200).length
  }
  assert.equal(await passing(60, 'user:ayu'), 40)
  // A handful is two: twenty were taken, and each process asked once in vain at most.
  assert.ok(shared.asked <= 22, String(shared.asked))
  const { asked } = shared
  assert.equal(await passing(10, 'user:ayu'), 0)
  assert.equal(shared.asked, asked)
  assert.deepEqual([await passing(70, 'service:ayu'), await passing(4, 'user:budi')], [60, 4])
  assert.equal(await passing(4, 'nobody', '/open', 'POST'), 4)
  const refused = await call(`${processes[0]}/mine`, { headers: { 'x-who': 'user:ayu' } })
  assert.deepEqual([refused.body.code, refused.headers.get('retry-after')], ['rate_limited', '42'])

  clock.advance({ seconds: 42 })
  shared.keys.clear()
  assert.equal(await passing(10, 'user:ayu'), 10)
})

test('the reference names the general limit at every route that has it', async (t) => {
  const perMinute = { user: 10, service: 10 }
  const url = await limited(t, { counter: counter(), clock: new StillClock(), perMinute })
  const document = await fetch(`${url}/openapi.json`)
  const { paths }: { paths: Record<string, Record<string, { responses: object }>> } = JSON.parse(
    await document.text(),
  )
  const limitedAt = (path: string, method: string) => '429' in (paths[path]?.[method]?.responses ?? {})
  assert.deepEqual([limitedAt('/mine', 'get'), limitedAt('/open', 'post')], [true, false])
})

test('where the counter is away nobody is counted, and the next request asks again', async (t) => {
  const shared = counter()
  let away = true
  const flaky: Counter = {
    increment: (...args) => (away ? Promise.reject(fail('unavailable')) : shared.increment(...args)),
  }
  const perMinute = { user: 10, service: 10 }
  const url = await limited(t, { counter: flaky, clock: new StillClock(), perMinute })
  const ask = async () => (await call(`${url}/mine`, { headers: { 'x-who': 'user:ayu' } })).status
  assert.deepEqual(await Promise.all([ask(), ask()]), [503, 503])
  away = false
  assert.equal(await ask(), 200)
})

test('an idempotency key is 1 to 255 printable characters, or it is asked for', async (t) => {
  const { url } = await testServer(t, (app) => {
    app.post('/orders', { config: { access: 'public', idempotencyKey: true } }, async (request) => ({
      key: idempotencyKey(request),
    }))
  })
  const send = (headers: Record<string, string>) => call(`${url}/orders`, { method: 'POST', headers })
  assert.equal((await send({ 'idempotency-key': 'a b~1' })).body.key, 'a b~1')
  assert.equal((await send({ 'idempotency-key': 'x'.repeat(255) })).status, 200)
  for (const headers of [
    {},
    { 'idempotency-key': '' },
    { 'idempotency-key': 'x'.repeat(256) },
    { 'idempotency-key': 'é' },
    { 'idempotency-key': 'a\tb' },
  ]) {
    const { status, body } = await send(headers)
    assert.equal(status, 400)
    assert.equal(body.code, 'idempotency_key_required')
  }
})
