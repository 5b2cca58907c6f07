import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openChatShop } from '../../../../test/quickcart-chat.ts'
import { until } from '../../../../test/until.ts'
import { sql } from '../../../postgres/sql.ts'
import { categoryKey } from '../telegram/category-key.ts'
import { createBot } from './bot.ts'
import { receiveUpdate } from './receive-update.ts'

const shop = await openChatShop()
const { store, telegram } = shop

async function userRow(id: number) {
  return await store.db.one<{ name: string; email: string | null; whatsapp_number: string | null }>(
    sql`select name, email, whatsapp_number from users where id = ${id}`,
  )
}

test('a newcomer is asked name, WhatsApp and e-mail, may skip each, and ends in the menu', async () => {
  const ani = shop.person('Ani')
  ani.say('/start')
  await ani.sees('Siapa nama kamu?')
  ani.say('Ani Lestari')
  await ani.sees('Nomor WhatsApp kamu?')
  ani.say('bukan nomor')
  await ani.sees('8 sampai 18 angka')
  ani.say('+6281234567890')
  await ani.sees('Alamat email kamu?')
  await ani.press('onboarding:skip')
  await ani.sees('Halo, Ani Lestari!')
  assert.deepEqual(await userRow(ani.id), {
    name: 'Ani Lestari',
    email: null,
    whatsapp_number: '+6281234567890',
  })
  const { reply_keyboard: keyboard } = ani.transcript()
  assert.ok(keyboard?.keyboard[0]?.some(({ text }) => text.includes('LIST PRODUK')))
})

test('check 45: the name <b>&_* appears literally in messages', async () => {
  const tricky = shop.person('<b>&_*')
  tricky.say('/start')
  await tricky.sees('Siapa nama kamu?')
  await tricky.press('onboarding:skip')
  await tricky.sees('Nomor WhatsApp')
  tricky.say('/skip')
  await tricky.sees('Alamat email')
  tricky.say('/skip')
  const greeting = await tricky.sees('Halo, <b>&_*!')
  assert.ok(greeting.text?.startsWith('Halo, <b>&_*! 👋'))
})

test('check 44: a category of 200 characters fits into its button and opens', async () => {
  const category = 'グ'.repeat(200)
  const id = await shop.goods(10_000, ['a'], category)
  const budi = await shop.person().registered()
  budi.say('🛍 LIST PRODUK')
  const data = `cat:${categoryKey(category)}:1`
  assert.ok(Buffer.byteLength(data) <= 64)
  await budi.press(data)
  await budi.sees(`${id}. Produk ${id}`)
  await budi.press(`product:${id}`)
  await budi.sees('Harga: Rp 10.000')
})

test('keyboard labels work with and without their emoji, and digits are a product', async () => {
  const id = await shop.goods(12_500, ['a', 'b'])
  const budi = await shop.person().registered()
  budi.say('akun')
  await budi.sees('Akun kamu')
  budi.say('📦 STOK')
  await budi.sees('Stok (halaman')
  budi.say(String(id))
  await budi.sees('Harga: Rp 12.500')
  budi.say('99999')
  await budi.sees('Produk 99999 tidak ditemukan')
})

test('a list of eleven products turns its pages', async () => {
  const ids = []
  for (let n = 0; n < 11; n++) ids.push(await shop.goods(1_000, [], 'Panjang'))
  const budi = await shop.person().registered()
  budi.say('LIST PRODUK')
  await budi.press(`cat:${categoryKey('Panjang')}:1`)
  await budi.sees('halaman 1/2')
  await budi.press(`cat:${categoryKey('Panjang')}:2`)
  await budi.sees('halaman 2/2')
  await budi.sees(`${ids.at(-1)}. Produk`)
})

test('check 43: of eleven commands in a minute the eleventh is limited, and a minute later none is', async () => {
  const budi = await shop.person().registered()
  for (let n = 0; n < 12; n++) budi.say('/help')
  // One message a second to one chat: within the minute, but not while the test waits.
  await budi.sees('Perintah')
  await shop.advance({ seconds: 10 })
  await budi.sees('Terlalu banyak permintaan')
  await shop.drain()
  const helps = budi.heard('Perintah').length
  assert.equal(helps, 10)
  await shop.auditArrives()
  const events = await store.audits.many(sql`
    select context ->> 'limited' as limited from audit_logs
      where action = 'rate_limit_exceeded' and subject_id = ${budi.id}`)
  assert.deepEqual(events, [{ limited: 'cmd' }], 'one event however many were refused')
  const ttl = await store.kv.ttl(`rate:${budi.id}:cmd`)
  assert.ok(typeof ttl === 'number' && ttl > 0 && ttl <= 60)
  await shop.advance({ seconds: 61 })
  budi.say('/order')
  await budi.sees('Cara memesan')
})

test('check 47: an update that comes twice is handled once', async () => {
  const budi = await shop.person().registered()
  const update = {
    update_id: 77,
    message: {
      message_id: 5,
      date: 0,
      chat: { id: budi.id, type: 'private' as const, first_name: 'Budi' },
      from: { id: budi.id, is_bot: false, first_name: 'Budi' },
      text: '/order',
    },
  }
  telegram.sendText(budi.id, 'akun')
  await budi.sees('Akun kamu')
  await Promise.all([receiveUpdate(store, update), receiveUpdate(store, update)])
  await receiveUpdate(store, update)
  await budi.sees('Cara memesan')
  const { events, answers } = await store.db.one<{ events: number; answers: number }>(sql`
    select (select count(*) from niaga.inbox where event_id = '77')::int as events,
      (select count(*) from telegram_outbox where dedupe_key like 'update:77:%')::int as answers`)
  assert.deepEqual({ events, answers }, { events: 1, answers: 1 })
})

test('an update handled again after a crash changes nothing and says nothing twice', async () => {
  const id = await shop.goods(5_000, ['a', 'b', 'c', 'd'])
  const budi = await shop.person().registered()
  budi.say(String(id))
  const card = await budi.sees('Harga: Rp 5.000')
  await budi.press('qty:1')
  await budi.sees('Jumlah: 2')
  await shop.drain()
  const { body } = await store.db.one<{ body: Buffer }>(sql`
    select body from niaga.inbox where queue = ${String(budi.id)} order by sequence desc limit 1`)
  const bot = createBot(store)
  for (let n = 0; n < 2; n++) await bot.handle(JSON.parse(body.toString('utf8')))
  // As if the process had died after the answer was queued and before the session was written.
  const session = JSON.parse((await store.kv.get(`session:${budi.id}`)) ?? '{}')
  const before = { ...session, update_id: 0, context: { ...session.context, quantity: 1 } }
  await store.kv.set(`session:${budi.id}`, JSON.stringify(before), 60)
  await bot.handle(JSON.parse(body.toString('utf8')))
  await shop.drain()
  assert.match((await store.kv.get(`session:${budi.id}`)) ?? '', /"quantity":2/)
  const edits = telegram
    .calls('editMessageText')
    .filter(({ payload }) => payload.message_id === card.message_id)
  assert.equal(edits.length, 1)
})

test('updates that Telegram delivers twice and out of order are answered once each', async () => {
  const budi = await shop.person().registered()
  telegram.fault({ kind: 'duplicate_updates', times: 2 })
  budi.say('/order')
  budi.say('akun')
  await budi.sees('Akun kamu')
  await budi.sees('Cara memesan')
  await shop.drain()
  const { open } = await store.db.one<{ open: number }>(
    sql`select count(*)::int as open from niaga.inbox where status in ('received', 'processing')`,
  )
  assert.equal(open, 0)
  const guides = budi.heard('Cara memesan')
  assert.equal(guides.length, 1)
})

test('check 49: the session lives for a day at most and holds neither amounts nor goods', async () => {
  const id = await shop.goods(43_210, ['RAHASIA-49'])
  const budi = await shop.person().registered()
  budi.say(String(id))
  await budi.press('checkout')
  await budi.sees('Ringkasan pesanan')
  await shop.drain()
  const key = `session:${budi.id}`
  const ttl = await store.kv.ttl(key)
  assert.ok(typeof ttl === 'number' && ttl > 0 && ttl <= 86_400)
  const stored = (await store.kv.get(key)) ?? ''
  assert.match(stored, /"selecting_quantity"/)
  assert.doesNotMatch(stored, /43210|RAHASIA/)
})

test('unknown and stale buttons get a short notice and nothing else', async () => {
  const id = await shop.goods(5_000, ['a'])
  const budi = await shop.person().registered()
  budi.say(String(id))
  const card = await budi.sees('Harga: Rp 5.000')
  // The card is sent before the turn that said it has written its session.
  await shop.drain()
  await store.kv.delete([`session:${budi.id}`])
  for (const data of ['qty:1', 'pay:balance:5000', 'gone:1']) {
    telegram.press(budi.id, card.message_id, data, { isStale: true })
  }
  await until(
    () => budi.transcript().answers.filter(({ text }) => text.includes('tidak berlaku')).length === 3,
  )
  assert.equal(budi.heard().length, 1)
})

test('in groups the bot keeps silent', async () => {
  const budi = await shop.person().registered()
  const group = telegram.addGroup('Grup', [budi.id])
  telegram.sendText(budi.id, '/start', { chatId: group })
  budi.say('/order')
  await budi.sees('Cara memesan')
  assert.equal(telegram.chat(group).messages.filter(({ from }) => from.is_bot).length, 0)
})
