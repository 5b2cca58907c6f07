import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import Fastify from 'fastify'
import { systemClock } from '../../../kernel/clock.ts'
import { silentLog } from '../../../kernel/log.ts'
import { createMailer } from '../client.ts'
import { mailSimulator } from './plugin.ts'
import { MailSimulator } from './simulator.ts'

/** Under a prefix, as the app mounts it. */
async function setUp(t: TestContext) {
  const simulator = new MailSimulator()
  const app = Fastify()
  await app.register(mailSimulator, { simulator, prefix: '/sim/mail' })
  const root = await app.listen({ port: 0, host: '127.0.0.1' })
  t.after(async () => {
    await app.close()
    await simulator.close()
  })
  const from = { name: 'UserState', address: 'no-reply@userstate.test' }
  const mailer = createMailer({ url: await simulator.listen(), from, clock: systemClock, log: silentLog })
  const send = (to: string, subject: string, text: string) =>
    mailer.send({ id: `m-${to}-${subject.length}`, to, subject, text })
  const read = async (path: string) => (await fetch(`${root}/sim/mail${path}`)).text()
  const control = async (method: string, path: string, body: object = {}) => {
    const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const response = await fetch(`${root}/sim/mail/_sim/${path}`, {
      method,
      ...(method === 'POST' ? json : {}),
    })
    return { status: response.status, body: JSON.parse(await response.text()) }
  }
  return { simulator, root, send, read, control }
}

test('a person reads the mails, and one person’s alone; the code stands out', async (t) => {
  const { send, read, control } = await setUp(t)
  assert.match(await read('/'), /No mail yet/)
  await send('siti@example.test', 'Kode verifikasi', 'Halo Siti\n\n042613\n\nBerlaku 5 menit.')
  await send('budi@example.test', 'Selamat datang', 'Nomor kamu 12345678901')
  const all = await read('/_sim/list')
  assert.match(all, /<p class="code">042613<\/p>/)
  assert.ok(all.indexOf('Selamat datang') < all.indexOf('Kode verifikasi'), 'newest first')
  const siti = await read('/?to=siti%40example.test')
  assert.match(siti, /Mails to siti@example\.test/)
  assert.doesNotMatch(siti, /Selamat datang/)
  const { mails } = (await control('GET', 'mail?to=siti@example.test')).body
  assert.deepEqual(
    mails.map(({ subject, to, message_id }: Record<string, unknown>) => [subject, to, message_id]),
    [['Kode verifikasi', ['siti@example.test'], '<m-siti@example.test-15@userstate.test>']],
  )
})

test('what a mail says stays text, and no page needs inline script, inline style or another site', async (t) => {
  const { send, read } = await setUp(t)
  await send('eve@example.test', '<script>alert(1)</script>', '<img src=x onerror=alert(1)>')
  const text = await read('/')
  assert.doesNotMatch(text, /<script>alert|<img/)
  assert.doesNotMatch(text, /\son\w+="|\sstyle=|<style/i)
  assert.doesNotMatch(text, /<script(?![^>]*\ssrc=)/i)
  assert.doesNotMatch(text, /(?:src|href)="(?:\/|https?:)/i)
})

test('every link and asset of the page exists under the prefix', async (t) => {
  const { send, read, root } = await setUp(t)
  await send('siti@example.test', 'Halo', 'Halo')
  const links = [...(await read('/')).matchAll(/(?:src|href)="([^"#][^"]*)"/g)].map(([, link = '']) => link)
  for (const link of links.filter((each) => !each.startsWith('data:'))) {
    const address = new URL(link, `${root}/sim/mail/`)
    assert.equal((await fetch(address)).status, 200, address.href)
  }
  assert.ok(links.length >= 4)
})

test('bad days by the control API: armed, met, cleared; a misspelt one is refused', async (t) => {
  const { send, control, simulator } = await setUp(t)
  await control('POST', 'faults', { kind: 'refuse_recipient', times: 1 })
  await assert.rejects(send('siti@example.test', 'a', 'b'), { kind: 'refused' })
  await control('POST', 'faults', { kind: 'temporary' })
  await assert.rejects(send('siti@example.test', 'a', 'b'), { kind: 'temporary' })
  await control('DELETE', 'faults/temporary')
  await send('siti@example.test', 'a', 'b')
  await control('POST', 'faults', { kind: 'slow' })
  assert.equal((await control('POST', 'behave')).status, 200)
  assert.deepEqual(simulator.faults.armed, [])
  for (const body of [
    { kind: 'earthquake' },
    { kind: 'slow', tmies: 1 },
    { kind: 'slow', endpoint: 'data' },
  ]) {
    assert.equal((await control('POST', 'faults', body)).status, 400, JSON.stringify(body))
  }
})
