import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import Fastify, { type FastifyInstance } from 'fastify'
import { InputFile } from 'grammy'
import type { Page } from 'playwright-core'
import QRCode from 'qrcode'
import { openBrowser, noBrowser as skip, type Windows } from '../../../../test/browser.ts'
import { createTelegramApi, type TelegramApi } from '../client.ts'
import { TelegramSimulator, telegramSimulator } from './index.ts'

const TOKEN = '123456:TEST-token_value'
const BUDI = { id: 100000001, first_name: 'Budi', note: 'customer' }
const ADMIN = { id: 900000001, first_name: 'Admin <img src=x>' }

let simulator: TelegramSimulator
let server: FastifyInstance
let address: string
let api: TelegramApi
let browser: Windows

before(async () => {
  if (skip) return
  simulator = new TelegramSimulator({ token: TOKEN, name: 'QuickCart', users: [BUDI, ADMIN] })
  server = Fastify()
  await server.register(telegramSimulator, { simulator, prefix: '/sim/telegram' })
  address = `${await server.listen({ port: 0, host: '127.0.0.1' })}/sim/telegram/`
  api = createTelegramApi({ token: TOKEN, apiRoot: address.slice(0, -1) })
  browser = await openBrowser()
})
after(async () => {
  if (skip) return
  await browser.close()
  await server.close()
  assert.deepEqual(browser.complaints, [], 'the browser console stays silent')
})

/** Opens the page as this person would: choose the name, see the chat. */
async function windowOf(person: { id: number; first_name: string }, width: number): Promise<Page> {
  const page = await browser.open(address, { viewport: { width, height: 800 } })
  await page.locator('#people button', { hasText: String(person.id) }).click()
  return page
}

test('a person starts, reads, presses and sees the edit, on a phone’s width', { skip }, async () => {
  const page = await windowOf(BUDI, 390)
  await page.getByRole('button', { name: 'START' }).click()
  await simulator.waitFor(BUDI.id, ({ messages }) => messages.some(({ text }) => text === '/start'))

  const keyboard = (n: number) => ({
    inline_keyboard: [[{ text: `Jumlah ${n}`, callback_data: `qty:${n}` }]],
  })
  const { message_id: id } = await api.sendMessage(BUDI.id, '<b>Halo</b> &lt;script&gt; 👋', {
    parse_mode: 'HTML',
    reply_markup: keyboard(1),
  })
  assert.equal(await page.locator('.bubble strong').textContent(), 'Halo')
  assert.match((await page.locator('.theirs .text').textContent()) ?? '', /<script> 👋/)

  await page.getByRole('button', { name: 'Jumlah 1' }).click()
  await page.locator('.inline-button[aria-busy]').waitFor()
  const update = (await api.getUpdates()).at(-1)
  await api.answerCallbackQuery(update?.callback_query?.id ?? '', { text: 'Ditambah', show_alert: true })
  await page.getByRole('dialog').getByText('Ditambah').waitFor()
  await page.getByRole('button', { name: 'OK' }).click()
  await api.editMessageReplyMarkup(BUDI.id, id, { reply_markup: keyboard(2) })
  await page.getByRole('button', { name: 'Jumlah 2' }).waitFor()
  await page.locator('time', { hasText: 'edited' }).waitFor()
  await page.close()
})

test('photos show, documents download under their names, deletions are seen', { skip }, async () => {
  const page = await windowOf(BUDI, 1280)
  const png = await QRCode.toBuffer('00020101021226', { width: 240 })
  const photo = await api.sendPhoto(BUDI.id, new InputFile(png), { caption: 'Bayar' })
  const image = page.locator('.photo img').last()
  await image.waitFor()
  await page.waitForFunction(`document.querySelector('.photo img')?.naturalWidth === 240`)

  await api.sendDocument(BUDI.id, new InputFile(Buffer.from('akun1'), 'TRX1.txt'))
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('.file').last().click()])
  assert.equal(download.suggestedFilename(), 'TRX1.txt')

  await api.deleteMessage(BUDI.id, photo.message_id)
  await page.getByText('The bot deleted a message').waitFor()
  assert.equal(await image.count(), 0)
  await page.close()
})

test('two windows, two people: each sees their own chat, the group is shared', { skip }, async () => {
  const budi = await windowOf(BUDI, 640)
  const admin = await windowOf(ADMIN, 640)
  const group = simulator.addGroup('Notifikasi', [BUDI.id, ADMIN.id])
  await api.sendMessage(ADMIN.id, 'Hanya admin')
  await admin.locator('.text', { hasText: 'Hanya admin' }).waitFor()
  assert.equal(await budi.getByText('Hanya admin').count(), 0)

  await budi.getByRole('button', { name: 'Back' }).click()
  await budi.getByRole('button', { name: 'Notifikasi' }).click()
  await budi.getByRole('textbox', { name: 'Message' }).fill('/version ada?')
  await budi.getByRole('button', { name: 'Send' }).click()
  await simulator.waitFor(group, ({ messages }) => messages.some(({ text }) => text === '/version ada?'))
  await admin.getByRole('button', { name: 'Back' }).click()
  await admin.getByText('/version ada?').waitFor()
  await Promise.all([budi.close(), admin.close()])
})

test('the bot’s keyboard sends its labels; blocking shows at once and START ends it', { skip }, async () => {
  const page = await windowOf(ADMIN, 390)
  await api.sendMessage(ADMIN.id, 'menu', { reply_markup: { keyboard: [[{ text: 'LIST PRODUK' }]] } })
  await page.getByRole('button', { name: 'LIST PRODUK' }).click()
  await simulator.waitFor(ADMIN.id, ({ messages }) => messages.some(({ text }) => text === 'LIST PRODUK'))
  await page.getByLabel('More').click()
  await page.getByRole('button', { name: 'Block the bot' }).click()
  const restart = page.getByRole('button', { name: 'UNBLOCK AND RESTART' })
  await restart.waitFor()
  assert.equal(simulator.chat(ADMIN.id).blocked, true)
  await restart.click()
  await page.getByRole('textbox', { name: 'Message' }).waitFor()
  assert.equal(simulator.chat(ADMIN.id).blocked, false)
  await page.close()
})

test('side by side: three people on one page; a group is made on it, and the bot can be thrown out', {
  skip,
}, async () => {
  const together = `${address}together.html?people=${BUDI.id},${ADMIN.id}`
  const page = await browser.open(together, { viewport: { width: 1400, height: 800 } })
  const budi = page.frameLocator(`iframe[data-id="${BUDI.id}"]`)
  const admin = page.frameLocator(`iframe[data-id="${ADMIN.id}"]`)
  await api.sendMessage(ADMIN.id, 'Hanya untuk admin')
  await admin.locator('.text', { hasText: 'Hanya untuk admin' }).waitFor()
  await budi.getByRole('button', { name: 'Back' }).click()
  await budi.getByText('New group with the bot').click()
  await budi.getByLabel('Title').fill('Berdua')
  await budi.getByRole('button', { name: 'Make the group' }).click()
  await budi.getByRole('button', { name: 'Stickers', exact: true }).click()
  await budi.getByRole('button', { name: '🎉' }).click()
  await budi.locator('.emoji', { hasText: '🎉' }).waitFor()
  const group = simulator.chatsOf(ADMIN.id).find(({ chat }) => chat.title === 'Berdua')?.chat.id ?? 0
  await budi.getByLabel('More').click()
  await budi.getByRole('button', { name: 'Remove the bot' }).click()
  await budi.getByText('without the bot').waitFor()
  await assert.rejects(api.sendMessage(group, 'x'), /bot was kicked/)
  await page.getByRole('button', { name: 'Budi' }).click()
  assert.equal(await page.locator('iframe').count(), 1)
  await page.close()
})
