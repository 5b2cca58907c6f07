import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { inspect } from 'node:util'
import { InputFile } from 'grammy'
import QRCode from 'qrcode'
import { createTelegramApi, type TelegramApi } from './client.ts'
import { TelegramError, type TelegramFailure } from './failures.ts'
import { type RunningSimulator, startTelegramSimulator } from './simulator/index.ts'

const TOKEN = '123456:TEST-token_value'
const BUDI = { id: 100000001, first_name: 'Budi', username: 'budi' }

let running: RunningSimulator
let api: TelegramApi

before(async () => {
  running = await startTelegramSimulator({ token: TOKEN, username: 'quickcart_bot', users: [BUDI] })
  api = createTelegramApi({ token: TOKEN, apiRoot: running.url, timeoutMs: 30_000 })
})
after(() => running.close())
beforeEach(() => running.simulator.clearFaults())

async function failureOf(call: Promise<unknown>): Promise<TelegramFailure> {
  const error = await call.then(
    () => assert.fail('the call should have failed'),
    (caught: unknown) => caught,
  )
  assert.ok(error instanceof TelegramError, String(error))
  return error.failure
}

test('getMe names the bot of the token', async () => {
  const me = await api.getMe()
  assert.equal(me.id, 123456)
  assert.equal(me.username, 'quickcart_bot')
})

test('HTML becomes text and entities, inline buttons stay on the message', async () => {
  const message = await api.sendMessage(
    BUDI.id,
    'Halo <b>Budi &amp; <i>Sari</i></b> 👋 https://niaga.id/a?b=1.',
    {
      parse_mode: 'HTML',
      reply_markup: { inline_keyboard: [[{ text: 'Kategori', callback_data: 'menu:categories' }]] },
    },
  )
  assert.equal(message.text, 'Halo Budi & Sari 👋 https://niaga.id/a?b=1.')
  assert.deepEqual(message.entities, [
    { type: 'bold', offset: 5, length: 11 },
    { type: 'italic', offset: 12, length: 4 },
    { type: 'url', offset: 20, length: 22 },
  ])
  const [shown] = running.simulator.chat(BUDI.id).messages.slice(-1)
  assert.equal(shown?.reply_markup?.inline_keyboard[0]?.[0]?.callback_data, 'menu:categories')
})

test('a QR photo is uploaded by multipart, shown again by its id and comes back byte for byte', async () => {
  const png = await QRCode.toBuffer('00020101021226670016COM.NOBUBANK.WWW', { width: 300 })
  const sent = await api.sendPhoto(BUDI.id, new InputFile(png, 'qris.png'), { caption: 'Total Rp 30.520' })
  const [size] = sent.photo
  assert.deepEqual([size?.width, size?.height, size?.file_size], [300, 300, png.length])
  const again = await api.sendPhoto(BUDI.id, size?.file_id ?? '')
  assert.equal(again.photo[0]?.file_id, size?.file_id)
  assert.deepEqual(await api.download(size?.file_id ?? ''), png)
})

test('a stored call with raw bytes is sent as an upload', async () => {
  const png = await QRCode.toBuffer('x', { width: 120 })
  await api.call('sendPhoto', { chat_id: BUDI.id, photo: png, caption: 'bytes' })
  const last = running.simulator.chat(BUDI.id).messages.at(-1)
  assert.equal(last?.caption, 'bytes')
  assert.equal(last?.photo?.[0]?.width, 120)
})

test('a text too long for a message goes as a document with its name', async () => {
  const file = new InputFile(Buffer.from('akun1\nakun2 é\n'), 'TRX202611210001.txt')
  const sent = await api.sendDocument(BUDI.id, file)
  assert.equal(sent.document.file_name, 'TRX202611210001.txt')
  assert.equal((await api.download(sent.document.file_id)).toString(), 'akun1\nakun2 é\n')
})

test('a user’s document can be fetched; one above the limit is refused', async () => {
  const document = { bytes: Buffer.from('baris 1\nbaris 2'), name: 'stok.txt', mimeType: 'text/plain' }
  const said = running.simulator.sendDocument(BUDI.id, document, { caption: '/addstock 7' })
  const fileId = said.document?.file_id ?? ''
  assert.equal((await api.download(fileId)).toString(), 'baris 1\nbaris 2')
  assert.equal((await failureOf(api.download(fileId, 5))).kind, 'rejected')
  assert.equal((await failureOf(api.download('unknown'))).kind, 'rejected')
})

test('editing to the same content and deleting a deleted message count as done', async () => {
  const { message_id: id } = await api.sendMessage(BUDI.id, 'Menunggu')
  await api.editMessageText(BUDI.id, id, 'Dibayar')
  assert.equal((await failureOf(api.editMessageText(BUDI.id, id, 'Dibayar'))).kind, 'done')
  await api.deleteMessage(BUDI.id, id)
  assert.equal((await failureOf(api.deleteMessage(BUDI.id, id))).kind, 'done')
  assert.equal((await failureOf(api.editMessageText(BUDI.id, id, 'x'))).kind, 'rejected')
})

test('a caption and a keyboard can be edited; an edit without keyboard removes it', async () => {
  const png = await QRCode.toBuffer('y')
  const reply_markup = { inline_keyboard: [[{ text: 'Status', callback_data: 'payment:status:TRX1' }]] }
  const photo = await api.sendPhoto(BUDI.id, new InputFile(png), { caption: 'Bayar', reply_markup })
  const edited = await api.editMessageCaption(BUDI.id, photo.message_id, { caption: 'Kedaluwarsa' })
  assert.ok(edited !== true && edited.caption === 'Kedaluwarsa' && edited.reply_markup === undefined)
  await api.editMessageReplyMarkup(BUDI.id, photo.message_id, { reply_markup })
  assert.deepEqual(running.simulator.chat(BUDI.id).messages.at(-1)?.reply_markup, reply_markup)
})

test('429 tells how long to wait', async () => {
  running.simulator.fault({ kind: 'rate_limited', retryAfter: 3, method: 'sendMessage' })
  assert.deepEqual(await failureOf(api.sendMessage(BUDI.id, 'a')), { kind: 'rate_limited', retryAfter: 3 })
  await api.sendMessage(BUDI.id, 'after the wait')
})

test('a person who blocked the bot is blocked, until they write again', async () => {
  running.simulator.addUser({ id: 7, first_name: 'Tono' })
  running.simulator.blockBot(7)
  assert.equal((await failureOf(api.sendMessage(7, 'a'))).kind, 'blocked')
  running.simulator.sendText(7, '/start')
  await api.sendMessage(7, 'welcome back')
})

test('a migrated group names its new chat, which takes the call', async () => {
  const group = running.simulator.addGroup('Admins', [BUDI.id])
  const upgraded = running.simulator.migrateGroup(group)
  const failure = await failureOf(api.sendMessage(group, 'order paid'))
  assert.deepEqual(failure, { kind: 'migrated', chatId: upgraded })
  await api.sendMessage(upgraded, 'order paid')
})

test('what Telegram will never take is rejected with its reason', async () => {
  const cases: [string, () => Promise<unknown>][] = [
    ['chat not found', () => api.sendMessage(4711, 'a')],
    ['message text is empty', () => api.sendMessage(BUDI.id, '   ')],
    ['message is too long', () => api.sendMessage(BUDI.id, 'x'.repeat(4097))],
    ["can't parse entities", () => api.sendMessage(BUDI.id, '1 < 2', { parse_mode: 'HTML' })],
    ['Unsupported start tag "h1"', () => api.sendMessage(BUDI.id, '<h1>x</h1>', { parse_mode: 'HTML' })],
    ["Can't find end tag", () => api.sendMessage(BUDI.id, '<b>x', { parse_mode: 'HTML' })],
    ['expected "</b>"', () => api.sendMessage(BUDI.id, '<b>x</i>', { parse_mode: 'HTML' })],
    ['caption is too long', () => api.sendPhoto(BUDI.id, smallPng(), { caption: 'x'.repeat(1025) })],
    ['BUTTON_DATA_INVALID', () => sendButton('é'.repeat(33))],
    ['Wrong character in the string', () => api.sendPhoto(BUDI.id, 'data:image/png;base64,AAAA')],
    ['query is too old', () => api.answerCallbackQuery('1')],
    ['IMAGE_PROCESS_FAILED', () => api.sendPhoto(BUDI.id, new InputFile(Buffer.from('no image')))],
    ['too big for a photo', () => api.sendPhoto(BUDI.id, new InputFile(Buffer.alloc(10 * 1024 ** 2 + 1)))],
  ]
  for (const [reason, call] of cases) {
    const failure = await failureOf(call())
    assert.ok(failure.kind === 'rejected' && failure.description.includes(reason), inspect(failure))
  }
})

function smallPng(): InputFile {
  const onePixel =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
  return new InputFile(Buffer.from(onePixel, 'base64'), 'dot.png')
}

function sendButton(data: string) {
  const inline_keyboard = [[{ text: 'pick', callback_data: data }]]
  return api.sendMessage(BUDI.id, 'pick', { reply_markup: { inline_keyboard } })
}

test('callback data of exactly 64 bytes is taken', async () => {
  const sent = await sendButton('é'.repeat(32))
  assert.ok(sent.reply_markup)
})

test('5xx, a time-out before the effect and one after it are worth another try', async () => {
  const { simulator } = running
  simulator.fault({ kind: 'server_error', status: 502 })
  assert.equal((await failureOf(api.sendMessage(BUDI.id, 'lost'))).kind, 'retry')

  // Long enough for a call to arrive on a busy machine: a fault that nobody met would meet the next call.
  const hasty = createTelegramApi({ token: TOKEN, apiRoot: running.url, timeoutMs: 1_000 })
  simulator.fault({ kind: 'timeout', effect: false })
  assert.equal((await failureOf(hasty.sendMessage(BUDI.id, 'never arrived'))).kind, 'retry')
  simulator.fault({ kind: 'timeout', effect: true })
  assert.equal((await failureOf(hasty.sendMessage(BUDI.id, 'arrived unseen'))).kind, 'retry')
  simulator.fault({ kind: 'timeout', effect: false, hangMs: 0 })
  assert.equal((await failureOf(api.sendMessage(BUDI.id, 'cut off'))).kind, 'retry')

  const texts = simulator.chat(BUDI.id).messages.map(({ text }) => text)
  assert.ok(texts.includes('arrived unseen'))
  assert.ok(!texts.some((text) => text === 'never arrived' || text === 'lost' || text === 'cut off'))
})

test('no error shows the token, even where the network quotes the address', async () => {
  const nowhere = createTelegramApi({ token: TOKEN, apiRoot: 'http://127.0.0.1:1', timeoutMs: 500 })
  const wrong = createTelegramApi({ token: '1:WRONG_secret_token', apiRoot: running.url })
  const errors = await Promise.all(
    [nowhere.getMe(), nowhere.download('x'), wrong.getMe()].map((call) => call.catch((e: unknown) => e)),
  )
  for (const error of errors) {
    assert.ok(error instanceof TelegramError)
    assert.doesNotMatch(inspect(error, { depth: 9 }) + error.stack, /TEST-token|WRONG_secret/)
  }
  assert.doesNotMatch(inspect(nowhere, { depth: 9 }) + JSON.stringify(nowhere), /TEST-token/)
})
