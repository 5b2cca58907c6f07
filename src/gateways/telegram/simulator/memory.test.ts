import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { InputFile } from 'grammy'
import QRCode from 'qrcode'
import { createTelegramApi } from '../client.ts'
import { startTelegramSimulator, TelegramSimulator } from './index.ts'

const TOKEN = '123456:TEST-token_value'
const BUDI = { id: 100000001, first_name: 'Budi', note: 'customer' }
const SITI = { id: 100000002, first_name: 'Siti' }

async function setUp(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'niaga-telegram-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const stateFile = join(folder, 'deeper', 'telegram.jsonl')
  const { simulator, url, close } = await startTelegramSimulator({ token: TOKEN, users: [BUDI], stateFile })
  t.after(close)
  return {
    before: simulator,
    stateFile,
    api: createTelegramApi({ token: TOKEN, apiRoot: url }),
    startAgain: () => new TelegramSimulator({ token: TOKEN, users: [BUDI], stateFile }),
  }
}

/** What a person sees, without the toasts and the deleted. */
function seen(simulator: TelegramSimulator, chatId: number) {
  const { chat, messages, reply_keyboard, blocked } = simulator.chat(chatId)
  return { chat, messages, reply_keyboard, blocked }
}

test('killed and started again: people, groups, messages, keyboards and files are as they were', async (t) => {
  const { before, api, startAgain } = await setUp(t)
  before.addUser(SITI)
  const group = before.addGroup('Tim', [BUDI.id, SITI.id])
  before.sendText(BUDI.id, 'halo')
  const menu = { keyboard: [[{ text: 'STOK' }]] }
  const edited = await api.sendMessage(BUDI.id, 'lama', { reply_markup: menu })
  await api.editMessageText(BUDI.id, edited.message_id, 'baru')
  const gone = await api.sendMessage(BUDI.id, 'dihapus')
  await api.deleteMessage(BUDI.id, gone.message_id)
  const png = await QRCode.toBuffer('QR')
  const sent = await api.sendPhoto(BUDI.id, new InputFile(png, 'qr.png'), { caption: 'bayar' })
  await api.sendMessage(group, 'untuk tim')
  before.blockBot(SITI.id)

  const after = startAgain()
  for (const chat of [BUDI.id, SITI.id, group]) assert.deepEqual(seen(after, chat), seen(before, chat))
  assert.deepEqual(after.world.chats.people(), before.world.chats.people())
  assert.deepEqual(after.world.files.forDownload(sent.photo.at(-1)?.file_id ?? '').bytes, png)
  const [last = 0] = [...seen(after, BUDI.id).messages].map(({ message_id: id }) => id).toReversed()
  assert.ok(after.sendText(BUDI.id, 'lagi').message_id > last)
  assert.equal(startAgain().chat(BUDI.id).messages.at(-1)?.text, 'lagi')
})

test('a group that moved stays moved', async (t) => {
  const { before, startAgain } = await setUp(t)
  const group = before.addGroup('Tim', [BUDI.id])
  const moved = before.migrateGroup(group)
  const record = startAgain().world.chats.find(group)
  assert.equal(record?.migratedTo, moved)
})

test('a line cut in half by the kill costs that change alone, and starting does not pile up lines', async (t) => {
  const { before, stateFile, startAgain } = await setUp(t)
  before.sendText(BUDI.id, 'halo')
  appendFileSync(stateFile, '{"type":"message","chat_id":1000')
  assert.deepEqual(seen(startAgain(), BUDI.id), seen(before, BUDI.id))
  const lines = () => readFileSync(stateFile, 'utf8').split('\n').length
  const once = lines()
  startAgain()
  assert.equal(lines(), once)
})
