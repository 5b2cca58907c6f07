import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import Fastify from 'fastify'
import { SandboxClock } from '../../kernel/clock.ts'
import { silentLog } from '../../kernel/log.ts'
import { createFcmClient } from './client.ts'
import { type PushMessage, pushProblem } from './message.ts'
import { readServiceAccount } from './service-account.ts'
import { fcmSimulator } from './simulator/plugin.ts'
import { FcmSimulator } from './simulator/simulator.ts'

const push: PushMessage = {
  token: 'phone-of-siti',
  title: 'Saldo masuk',
  body: 'Top up Rp 50.000 berhasil',
  data: { type: 'topup', id: '42' },
  tag: 'topup:42',
}

/** Under a prefix, as the app mounts it. */
async function setUp(t: TestContext, options: { timeoutMs?: number } = {}) {
  const clock = new SandboxClock()
  const simulator = new FcmSimulator({ clock, project: 'niaga-test' })
  const app = Fastify()
  await app.register(fcmSimulator, { simulator, prefix: '/sim/fcm' })
  const baseUrl = `${await app.listen({ port: 0, host: '127.0.0.1' })}/sim/fcm`
  t.after(() => app.close())
  const account = await simulator.access.account('niaga-test', baseUrl)
  const client = createFcmClient({
    baseUrl,
    project: 'niaga-test',
    account: async () => account,
    clock,
    log: silentLog,
    ...options,
  })
  return { clock, simulator, baseUrl, account, client }
}

test('a message reaches its phone whole, and twenty at once share one access token', async (t) => {
  const { client, simulator } = await setUp(t)
  const names = await Promise.all(
    Array.from({ length: 20 }, (_, i) => client.send({ ...push, token: `phone-${i % 2}` })),
  )
  assert.equal(new Set(names).size, 20)
  assert.match(names[0] ?? '', /^projects\/niaga-test\/messages\//)
  assert.equal(simulator.access.issues, 1)
  assert.equal(simulator.list('phone-0').length, 10)
  const { name, at, token, ...content } = simulator.list('phone-1')[0] ?? assert.fail()
  const { token: _, ...sent } = push
  assert.deepEqual(content, sent)
})

test('the access token serves until five minutes before its end, then another one does', async (t) => {
  const { client, simulator, clock } = await setUp(t)
  await client.send(push)
  clock.advance({ minutes: 54 })
  await client.send(push)
  assert.equal(simulator.access.issues, 1)
  clock.advance({ minutes: 1 })
  await client.send(push)
  assert.equal(simulator.access.issues, 2)
})

test('an access token that ended before its time is renewed once, and the message still arrives', async (t) => {
  const { client, simulator } = await setUp(t)
  await client.send(push)
  simulator.access.revoke()
  await Promise.all([client.send(push), client.send(push), client.send(push)])
  assert.equal(simulator.list().length, 4)
  assert.ok(simulator.access.issues <= 4)
})

test('each refusal says whether the token is dead, the message bad, or patience needed', async (t) => {
  const { client, simulator } = await setUp(t)
  const outcomes = [
    ['unregistered-1', 'dead_token', 'UNREGISTERED'],
    ['mismatch-1', 'dead_token', 'SENDER_ID_MISMATCH'],
    ['invalid-1', 'dead_token', 'INVALID_ARGUMENT'],
    ['quota-1', 'retry', 'QUOTA_EXCEEDED'],
    ['down-1', 'retry', 'UNAVAILABLE'],
  ] as const
  for (const [token, kind, code] of outcomes) {
    await assert.rejects(client.send({ ...push, token }), { name: 'FcmError', kind, code }, token)
  }
  await assert.rejects(client.send({ ...push, data: { google_x: '1' } }), { kind: 'rejected' })
  assert.deepEqual(simulator.list(), [])
})

test('Retry-After is heard', async (t) => {
  const { client, simulator } = await setUp(t)
  simulator.retryAfterS = 40
  await assert.rejects(client.send({ ...push, token: 'quota-1' }), { kind: 'retry', retryAfterMs: 40_000 })
})

test('silence: try again', async (t) => {
  const { client, simulator } = await setUp(t, { timeoutMs: 300 })
  simulator.faults.arm({ kind: 'timeout' })
  await assert.rejects(client.send(push), { kind: 'retry', code: 'NO_ANSWER' })
  assert.equal(simulator.list().length, 0)
})

test('outage, a page instead of JSON, 500: try again; after five in a row nothing is asked for 30 s', async (t) => {
  const { client, simulator, clock } = await setUp(t)
  await client.send(push)
  const codes = [
    ['outage', 'NO_ANSWER'],
    ['outage', 'NO_ANSWER'],
    ['malformed', 'HTTP_200'],
    ['server_error', 'INTERNAL'],
    ['server_error', 'INTERNAL'],
  ] as const
  for (const [kind, code] of codes) {
    simulator.faults.arm({ kind, endpoint: 'send', times: 1 })
    await assert.rejects(client.send(push), { kind: 'retry', code }, kind)
  }
  await assert.rejects(client.send(push), { kind: 'not_asked', code: 'UNAVAILABLE' })
  assert.equal(simulator.list().length, 1)
  clock.advance({ seconds: 30 })
  await client.send(push)
  assert.equal(simulator.list().length, 2)
})

test('no access: a key that is not the account’s, or a token endpoint that is down', async (t) => {
  const { simulator, account, baseUrl, clock, client } = await setUp(t)
  simulator.faults.arm({ kind: 'server_error', endpoint: 'token', times: 1 })
  await assert.rejects(client.send(push), { kind: 'retry', code: 'NO_ACCESS' })
  await client.send(push)
  const foreign = await new FcmSimulator({ project: 'other' }).access.account('other', baseUrl)
  const thief = createFcmClient({
    baseUrl,
    project: 'niaga-test',
    account: async () => ({ ...account, private_key: foreign.private_key }),
    clock,
    log: silentLog,
  })
  await assert.rejects(thief.send(push), (error: Error) => {
    assert.doesNotMatch(JSON.stringify([error.message, error]), /PRIVATE KEY|eyJ/)
    return 'code' in error && error.code === 'NO_ACCESS'
  })
})

test('what the service would refuse is known before', () => {
  const { title, body } = push
  assert.equal(pushProblem(push), undefined)
  for (const key of ['from', 'google.x', 'gcm', 'GCM_y', 'message_type']) {
    assert.match(pushProblem({ title, body, data: { [key]: '1' } }) ?? '', /must not have the key/)
  }
  assert.equal(pushProblem({ title, body, data: { fromage: '1' } }), undefined)
  assert.match(pushProblem({ title, body: 'ü'.repeat(2048), data: {} }) ?? '', /bytes, more than 4096/)
})

test('only a whole service account is one', async (t) => {
  const { account } = await setUp(t)
  assert.deepEqual(readServiceAccount(JSON.stringify(account)), account)
  for (const text of ['', '{', '[]', JSON.stringify({ ...account, private_key: 'x' })]) {
    assert.equal(readServiceAccount(text), undefined)
  }
})

test('the page shows each phone’s messages as text; the control API lists them and is strict', async (t) => {
  const { client, simulator, baseUrl } = await setUp(t)
  assert.match(await (await fetch(`${baseUrl}/`)).text(), /Nothing was pushed yet/)
  await client.send(push)
  await client.send({ ...push, title: '<script>alert(1)</script>' })
  const page = await (await fetch(`${baseUrl}/`)).text()
  assert.match(page, /phone-of-siti[\s\S]*2 messages[\s\S]*Saldo masuk/)
  assert.doesNotMatch(page, /<script>alert|\sstyle=|\son\w+="/)
  const { messages } = JSON.parse(await (await fetch(`${baseUrl}/_sim/messages?token=phone-of-siti`)).text())
  assert.equal(messages.length, 2)
  const json = { method: 'POST', headers: { 'content-type': 'application/json' } }
  const armed = await fetch(`${baseUrl}/_sim/faults`, { ...json, body: '{"kind":"outtage"}' })
  assert.equal(armed.status, 400)
  await fetch(`${baseUrl}/_sim/faults`, { ...json, body: '{"kind":"outage"}' })
  await fetch(`${baseUrl}/_sim/behave`, { ...json, body: '{}' })
  assert.deepEqual(simulator.faults.armed, [])
})

test('killed and started again: what the phones were sent is there', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'niaga-fcm-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const options = { project: 'p', stateFile: join(folder, 'fcm.jsonl') }
  const before = new FcmSimulator(options)
  before.send('p', { message: { token: 'a', notification: { title: 't', body: 'b' } } })
  assert.deepEqual(new FcmSimulator(options).list(), before.list())
})
