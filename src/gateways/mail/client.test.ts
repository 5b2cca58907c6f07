import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { SandboxClock } from '../../kernel/clock.ts'
import type { Log } from '../../kernel/log.ts'
import { createMailer, type Mail } from './client.ts'
import { MailSimulator, type MailSimulatorOptions } from './simulator/simulator.ts'

const from = { name: 'UserState', address: 'no-reply@userstate.test' }
const code: Mail = {
  id: 'otp-42',
  to: 'siti@example.test',
  subject: 'Kode verifikasi: tetap rahasia – jangan dibagikan kepada siapa pun, juga bukan kepada kami',
  text: 'Halo Siti,\n\nkode kamu: 042613\n.\n..dua titik\nBerlaku 5 menit. Terima kasih – sampai jumpa!',
}

/** A log that keeps what it is told. */
function notingLog(): Log & { readonly lines: string[] } {
  const lines: string[] = []
  const note = (fields: object, message: string) => void lines.push(JSON.stringify({ ...fields, message }))
  const log = { lines, debug: note, info: note, warn: note, error: note, child: () => log }
  return log
}

async function setUp(
  t: TestContext,
  options: MailSimulatorOptions & { user?: string; timeoutMs?: number } = {},
) {
  const clock = new SandboxClock()
  const sink = new MailSimulator({ clock, ...options })
  t.after(() => sink.close())
  const address = new URL(await sink.listen())
  const log = notingLog()
  const { user = '', timeoutMs } = options
  const url = user === '' ? address.href : `smtp://${user}@${address.host}`
  const mailer = createMailer({ url, from, clock, log, ...(timeoutMs ? { timeoutMs } : {}) })
  return { clock, sink, mailer, log, port: Number(address.port) }
}

test('a mail arrives as it was written: umlauts, long subject, lines that begin with dots', async (t) => {
  const { mailer, sink, log } = await setUp(t)
  await mailer.send(code)
  const [mail] = sink.list()
  assert.deepEqual(
    { ...mail, id: undefined, at: undefined },
    {
      id: undefined,
      at: undefined,
      from: from.address,
      to: [code.to],
      messageId: '<otp-42@userstate.test>',
      subject: code.subject,
      text: code.text,
    },
  )
  assert.deepEqual(log.lines, [])
})

test('each person’s mails, newest first; twenty at once arrive one time each', async (t) => {
  const { mailer, sink } = await setUp(t)
  const mails = Array.from({ length: 20 }, (_, i) => ({
    ...code,
    id: `m-${i}`,
    to: `user${i % 2}@example.test`,
  }))
  await Promise.all(mails.map((mail) => mailer.send(mail)))
  assert.equal(sink.list().length, 20)
  assert.equal(new Set(sink.list().map(({ messageId }) => messageId)).size, 20)
  assert.equal(sink.list('USER0@example.test').length, 10)
  const times = sink.list().map(({ at }) => at.getTime())
  assert.deepEqual(
    times,
    times.toSorted((a, b) => b - a),
  )
})

test('what to do next is in the failure: give up, try again, or know that it may have arrived', async (t) => {
  const { mailer, sink } = await setUp(t)
  const outcomes = [
    ['refuse_recipient', { kind: 'refused', status: 550 }, 0],
    ['refuse_message', { kind: 'refused', status: 554 }, 0],
    ['temporary', { kind: 'temporary', status: 451 }, 0],
    ['outage', { kind: 'temporary', status: undefined }, 0],
    ['cut_after_data', { kind: 'unknown', status: undefined }, 1],
  ] as const
  for (const [kind, failure, arrived] of outcomes) {
    sink.faults.arm({ kind, times: 1 })
    const before = sink.list().length
    await assert.rejects(mailer.send(code), { name: 'MailError', ...failure }, kind)
    assert.equal(sink.list().length - before, arrived, kind)
  }
  await mailer.send(code)
  const ids = sink.list().map(({ messageId }) => messageId)
  assert.deepEqual(ids, [ids[0], ids[0]], 'the copy of a mail whose fate was unknown carries the same id')
})

test('a server that does not answer in time: nothing was sent, try again', async (t) => {
  const { mailer, sink } = await setUp(t, { timeoutMs: 100 })
  sink.slowMs = 600_000
  sink.faults.arm({ kind: 'slow', times: 1 })
  await assert.rejects(mailer.send(code), { kind: 'temporary' })
  assert.equal(sink.list().length, 0)
})

test('no server at all: temporary', async (t) => {
  const { mailer, sink } = await setUp(t)
  await sink.close()
  await assert.rejects(mailer.send(code), { kind: 'temporary', message: /not reached: ESOCKET|ECONNREFUSED/ })
})

test('an address that is none, or several, reaches nobody', async (t) => {
  const { mailer, sink } = await setUp(t)
  for (const to of [
    '',
    'nobody',
    'a@b.test, c@d.test',
    'a@b.test\r\nBcc: c@d.test',
    'a@b.test> SIZE=1\r\nRCPT TO:<c@d.test',
  ]) {
    await assert.rejects(mailer.send({ ...code, to }), { kind: 'refused' }, JSON.stringify(to))
  }
  assert.equal(sink.list().length, 0)
})

test('a subject with a line break stays one header', async (t) => {
  const { mailer, sink } = await setUp(t)
  await mailer.send({ ...code, subject: 'Halo\r\nBcc: eve@example.test' })
  const [mail] = sink.list()
  assert.deepEqual(mail?.to, [code.to])
  assert.match(mail?.subject ?? '', /^Halo\s+Bcc: eve@example\.test$/)
})

test('login: right, wrong, and none where one is demanded', async (t) => {
  const login = { user: 'shop', password: 'p@ss:word' }
  const right = await setUp(t, { login, user: `shop:${encodeURIComponent('p@ss:word')}` })
  await right.mailer.send(code)
  assert.equal(right.sink.list().length, 1)
  for (const user of ['shop:guess', '']) {
    const { mailer, sink } = await setUp(t, { login, user })
    await assert.rejects(mailer.send(code), { kind: 'temporary' })
    assert.equal(sink.list().length, 0)
  }
})

test('no failure tells the address, the text or the password', async (t) => {
  const { mailer, sink, log } = await setUp(t, {
    login: { user: 'u', password: 'right' },
    user: 'u:hunter22',
  })
  const errors: unknown[] = []
  for (const kind of ['outage', 'temporary', 'refuse_recipient'] as const) {
    sink.faults.arm({ kind, times: 1 })
    await mailer.send(code).catch((error) => errors.push(error))
  }
  assert.equal(errors.length, 3)
  assert.equal(log.lines.length, 3)
  const told = [...log.lines, ...errors.map((error) => JSON.stringify([String(error), error]))].join('\n')
  assert.doesNotMatch(told, /siti|042613|hunter22/)
})

test('killed and started again: the mails are there, less a line that the kill cut in half', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'niaga-mail-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const stateFile = join(folder, 'deeper', 'mail.jsonl')
  const { mailer, sink } = await setUp(t, { stateFile })
  await mailer.send(code)
  await mailer.send({ ...code, id: 'otp-43' })
  appendFileSync(stateFile, '{"id":"x","at"')
  assert.deepEqual(new MailSimulator({ stateFile }).list(), sink.list())
})
