import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import Fastify, { type FastifyInstance } from 'fastify'
import { SandboxClock } from '../../../kernel/clock.ts'
import { createTelegramApi, type TelegramApi } from '../client.ts'
import { TelegramSimulator, telegramSimulator } from './index.ts'

const TOKEN = '123456:TEST-token_value'
const PREFIX = '/sim/telegram'
const BUDI = { id: 100000001, first_name: 'Budi', note: 'customer' }
const ADMIN = { id: 900000001, first_name: 'Admin' }

const clock = new SandboxClock()
let simulator: TelegramSimulator
let server: FastifyInstance
let root: string
let api: TelegramApi

before(async () => {
  simulator = new TelegramSimulator({ token: TOKEN, name: 'QuickCart', users: [BUDI, ADMIN], clock })
  server = Fastify()
  server.get('/other', async () => ({ still: 'ours' }))
  await server.register(telegramSimulator, { simulator, prefix: PREFIX })
  root = `${await server.listen({ port: 0, host: '127.0.0.1' })}${PREFIX}`
  api = createTelegramApi({ token: TOKEN, apiRoot: root })
})
after(() => server.close())

async function control(path: string, body?: object): Promise<{ status: number; answer: unknown }> {
  const init = body && {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }
  const response = await fetch(`${root}${path}`, init)
  return { status: response.status, answer: await response.json() }
}

test('GET, forms and JSON are all understood, method names in any case', async () => {
  const viaGet = await fetch(`${root}/bot${TOKEN}/sendmessage?chat_id=${BUDI.id}&text=get`)
  const form = new URLSearchParams({ chat_id: String(BUDI.id), text: 'form' })
  const viaForm = await fetch(`${root}/bot${TOKEN}/sendMessage`, { method: 'POST', body: form })
  assert.deepEqual([viaGet.status, viaForm.status], [200, 200])
  assert.deepEqual(
    simulator
      .chat(BUDI.id)
      .messages.slice(-2)
      .map(({ text }) => text),
    ['get', 'form'],
  )
})

test('a wrong token is 401, an unknown method 404, broken JSON 400: in the Bot API’s shape', async () => {
  const cases = [
    [`/bot999:nope/getMe`, '', 401],
    [`/bot${TOKEN}/sendNothing`, '', 404],
    [`/bot${TOKEN}/sendMessage`, '{"chat_id":', 400],
    [`/bot${TOKEN}/sendMessage`, '[1]', 400],
  ] as const
  for (const [path, body, status] of cases) {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(root + path, { method: 'POST', headers, body })
    const answer: unknown = await response.json()
    assert.equal(response.status, status)
    assert.ok(typeof answer === 'object' && answer && 'ok' in answer && 'error_code' in answer)
    assert.deepEqual([answer.ok, answer.error_code], [false, status])
  }
})

test('a press shows the bot’s answer; its text has a limit and its query a life', async () => {
  const { message_id: id } = await api.sendMessage(BUDI.id, 'pick', {
    reply_markup: { inline_keyboard: [[{ text: 'All', callback_data: 'menu:all' }]] },
  })
  assert.throws(() => simulator.press(BUDI.id, id, 'menu:best'), /no button/)
  const query = simulator.press(BUDI.id, id, 'menu:all')
  await assert.rejects(api.answerCallbackQuery(query, { text: 'x'.repeat(201) }), /MESSAGE_TOO_LONG/)
  await api.answerCallbackQuery(query, { text: 'Baik', show_alert: true })
  const answer = simulator.chat(BUDI.id).answers.at(-1)
  assert.deepEqual([answer?.text, answer?.show_alert, answer?.user_id], ['Baik', true, BUDI.id])
  clock.advance({ minutes: 11 })
  await assert.rejects(api.answerCallbackQuery(query), /query is too old/)
})

test('reply keyboards come and go; the command menu of a chat comes before the default one', async () => {
  await api.sendMessage(BUDI.id, 'menu', { reply_markup: { keyboard: [[{ text: 'STOK' }], ['1', '2']] } })
  assert.deepEqual(simulator.chat(BUDI.id).reply_keyboard?.keyboard, [
    [{ text: 'STOK' }],
    [{ text: '1' }, { text: '2' }],
  ])
  await api.sendMessage(BUDI.id, 'bye', { reply_markup: { remove_keyboard: true } })
  assert.equal(simulator.chat(BUDI.id).reply_keyboard, null)

  const start = { command: 'start', description: 'Mulai' }
  await api.setMyCommands([start])
  await api.setMyCommands([start, { command: 'ban', description: 'Blokir' }], {
    scope: { type: 'chat', chat_id: ADMIN.id },
  })
  assert.equal(simulator.chat(ADMIN.id).commands.length, 2)
  await api.deleteMyCommands({ scope: { type: 'chat', chat_id: ADMIN.id } })
  assert.deepEqual(simulator.chat(ADMIN.id).commands, [start])
  await assert.rejects(api.setMyCommands([{ command: 'Not Good', description: 'x' }]), /BOT_COMMAND_INVALID/)
})

test('a message can be deleted for 48 hours; updates wait for 24', async () => {
  const { message_id: id } = await api.sendMessage(BUDI.id, 'QR')
  simulator.sendText(BUDI.id, 'soon forgotten')
  clock.advance({ hours: 25 })
  simulator.sendText(BUDI.id, 'fresh')
  const updates = await api.getUpdates()
  assert.deepEqual(
    updates.map(({ message }) => message?.text),
    ['fresh'],
  )
  clock.advance({ hours: 23 })
  await assert.rejects(api.deleteMessage(BUDI.id, id), /can't be deleted/)
})

test('in a group the bot hears commands and replies to itself only', async () => {
  const group = simulator.addGroup('Admins', [ADMIN.id, BUDI.id])
  const copy = await api.sendMessage(group, 'Pesan dari Budi')
  const before = (await api.getUpdates()).at(-1)?.update_id ?? 0
  simulator.sendText(ADMIN.id, 'small talk', { chatId: group })
  simulator.sendText(ADMIN.id, 'the answer', { chatId: group, replyTo: copy.message_id })
  simulator.sendText(BUDI.id, '/version', { chatId: group })
  const heard = await api.getUpdates({ offset: before + 1 })
  assert.deepEqual(
    heard.map(({ message }) => message?.text),
    ['the answer', '/version'],
  )
  assert.equal(heard[0]?.message?.reply_to_message?.message_id, copy.message_id)
  assert.equal(heard[0]?.message?.from.first_name, 'Admin')
})

test('the bot never sees what the page notes about a person', async () => {
  const { from } = simulator.sendText(BUDI.id, 'hi')
  assert.deepEqual(from, { id: BUDI.id, first_name: 'Budi', is_bot: false })
})

test('waiting is by condition, and a wait in vain tells what was there', async () => {
  const waiting = simulator.waitFor(BUDI.id, ({ messages }) => messages.find(({ text }) => text === 'now'))
  await api.sendMessage(BUDI.id, 'now')
  assert.equal((await waiting).text, 'now')
  await assert.rejects(
    simulator.waitFor(BUDI.id, () => false, 10),
    /did not get there in 10 ms.*QuickCart: now/,
  )
})

test('the control API plays a person from another process', async () => {
  const sari = { id: 100000003, first_name: 'Sari', username: '@sari_1' }
  assert.equal((await control('/_sim/users', sari)).status, 200)
  assert.equal((await control(`/_sim/chats/${sari.id}/text`, { text: '/start' })).status, 200)
  const { message_id: id } = await api.sendMessage(sari.id, 'pick', {
    reply_markup: { inline_keyboard: [[{ text: 'All', callback_data: 'menu:all' }]] },
  })
  assert.equal(
    (await control(`/_sim/chats/${sari.id}/press`, { message_id: id, data: 'menu:all' })).status,
    200,
  )
  const file = { data: Buffer.from('a\nb').toString('base64'), filename: 'stok.txt', caption: '/addstock 7' }
  assert.equal((await control(`/_sim/chats/${sari.id}/document`, file)).status, 200)
  const seen = (await api.getUpdates()).slice(-3)
  assert.deepEqual(
    seen.map((u) => u.message?.text ?? u.callback_query?.data ?? u.message?.document?.file_name),
    ['/start', 'menu:all', 'stok.txt'],
  )
  assert.equal((await control(`/_sim/users/${sari.id}/block`, {})).status, 200)
  await assert.rejects(api.sendMessage(sari.id, 'x'), /blocked by the user/)
  const refusals = [
    ['/_sim/users', { id: 0, first_name: 'X' }, 400],
    ['/_sim/faults', { kind: 'earthquake' }, 400],
    ['/_sim/chats/4711/text', { text: 'x' }, 404],
    [`/_sim/chats/${sari.id}/press`, { message_id: 1, data: 'x' }, 404],
  ] as const
  for (const [path, body, status] of refusals) assert.equal((await control(path, body)).status, status, path)
})

test('faults can be scripted over HTTP, are counted down and cleared', async () => {
  await control('/_sim/faults', { kind: 'rate_limited', retry_after: 9, method: 'sendMessage', times: 2 })
  await assert.rejects(api.sendMessage(BUDI.id, 'x'), /rate limited for 9 s/)
  const { answer } = await control('/_sim/faults')
  assert.deepEqual(answer, [{ times: 1, method: 'sendMessage', kind: 'rate_limited', retryAfter: 9 }])
  await fetch(`${root}/_sim/faults`, { method: 'DELETE' })
  await api.sendMessage(BUDI.id, 'fine again')
  assert.deepEqual(
    simulator
      .calls('sendMessage')
      .slice(-2)
      .map(({ status }) => status),
    [429, 200],
  )
})

test('mounted, it leaves the rest of the server alone and its page stands under the prefix', async () => {
  const other = await fetch(new URL('/other', root))
  assert.deepEqual(await other.json(), { still: 'ours' })
  const page = await fetch(root)
  assert.equal(page.url, `${root}/`)
  assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'self'/)
  assert.match(await page.text(), /<title>Telegram simulator/)
})

test('what a person uploads never runs in the page’s origin', async () => {
  const html = { bytes: Buffer.from('<script>alert(1)</script>'), name: 'a.html', mimeType: 'text/html' }
  const { document } = simulator.sendDocument(BUDI.id, html)
  const response = await fetch(`${root}/_sim/files/${document?.file_id}`)
  assert.equal(response.headers.get('content-type'), 'application/octet-stream')
  assert.match(response.headers.get('content-disposition') ?? '', /^attachment/)
})
