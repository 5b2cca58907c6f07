import assert from 'node:assert/strict'
import { test } from 'node:test'
import { idempotencyKey } from './idempotency-key.ts'
import { type Counter, countAttempt, rateLimit } from './rate-limit.ts'
import { call, testServer } from './test-server.ts'

/** As the key-value store counts, for one window. */
function counter(): Counter & { keys: Map<string, number> } {
  const keys = new Map<string, number>()
  return {
    keys,
    async increment(key) {
      const count = (keys.get(key) ?? 0) + 1
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
