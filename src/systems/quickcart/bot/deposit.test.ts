import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openChatShop, type Person } from '../../../../test/quickcart-chat.ts'
import { until } from '../../../../test/until.ts'
import { wholeMoney } from '../../../kernel/money.ts'
import { sql } from '../../../postgres/sql.ts'
import { createBot } from './bot.ts'

const shop = await openChatShop()
const { store, telegram, pakasir } = shop

test('check 38: [Isi Saldo], a preset, the QR, the money, and the new balance in the chat', async () => {
  const admin = await shop.person('Admin').registered({ role: 'admin' })
  admin.say('/order')
  await admin.sees('Cara memesan')
  const budi = await shop.person().registered({ balance: 1_000 })
  await openMenu(budi)
  await budi.press('deposit:amount:50000')
  const qr = await budi.sees('Pembayaran QRIS')
  assert.ok(qr.photo)
  assert.match(qr.caption ?? '', /Isi saldo: Rp 50\.000\nBiaya QRIS: Rp 660\nTotal: Rp 50\.660/)
  assert.deepEqual(labels(qr), ['🌐 Checkout Page', '🔄 Status Pembayaran', '❌ Batalkan'])

  const { invoice } = await depositOf(budi)
  pakasir.pay(invoice)
  const told = await budi.sees('Saldo sekarang: Rp 51.000')
  assert.match(told.text ?? '', /Saldo bertambah Rp 50\.000/)
  await admin.sees(new RegExp(`Isi saldo lunas\\nInvoice: ${invoice}`))
  await budi.sees(`Isi saldo ${invoice} sudah dibayar`)
  await budi.press('account:menu')
  await budi.sees('Saldo: Rp 51.000')
})

test('a double tap on a preset makes one deposit, and another preset of that message none', async () => {
  const budi = await shop.person().registered()
  const menu = await openMenu(budi)
  for (const data of ['deposit:amount:25000', 'deposit:amount:25000', 'deposit:amount:50000']) {
    telegram.press(budi.id, menu.message_id, data, { isStale: true })
  }
  await budi.sees('Tombol ini sudah dipakai')
  await shop.drain()
  assert.deepEqual(await amountsOf(budi), ['25000.00'])
  assert.equal(budi.heard('Pembayaran QRIS').length, 1)
})

test('an amount of one’s own: nonsense and too little are said, and another may be tried', async () => {
  const budi = await shop.person().registered()
  await openMenu(budi)
  await budi.press('deposit:custom')
  await budi.sees('Ketik jumlah isi saldo')
  budi.say('banyak')
  await budi.sees('Itu bukan jumlah rupiah')
  budi.say('9999')
  await budi.sees('harus antara Rp 10.000 dan Rp 10.000.000')
  budi.say('75.500')
  await budi.sees('Total: Rp 76.338')
  assert.deepEqual(await amountsOf(budi), ['75500.00'])
})

test('a product’s key or any button leaves the question: the next number is a product again', async () => {
  const id = await shop.goods(12_500, ['a'])
  const budi = await shop.person().registered()
  await openMenu(budi)
  await budi.press('deposit:custom')
  await budi.sees('Ketik jumlah isi saldo')
  budi.say(String(id))
  await budi.sees('Harga: Rp 12.500')
  await openMenu(budi)
  await budi.press('deposit:custom')
  await budi.sees('Ketik jumlah isi saldo')
  await budi.press('deposit:start')
  budi.say('50000')
  await budi.sees('Produk 50000 tidak ditemukan')
  assert.deepEqual(await amountsOf(budi), [])
})

test('a second deposit shows the one that waits; [Batalkan] takes its QR away', async () => {
  const budi = await shop.person().registered()
  await openMenu(budi)
  await budi.press('deposit:amount:10000')
  const qr = await budi.sees('Pembayaran QRIS')
  const { invoice } = await depositOf(budi)
  budi.say('akun')
  await budi.press('deposit:start')
  const waiting = await budi.sees('Selesaikan dulu isi saldo ini')
  assert.deepEqual(labels(waiting), ['🌐 Checkout Page', '🔄 Status Pembayaran', '❌ Batalkan'])
  await budi.press(`payment:status:${invoice}`)
  await budi.sees('Status: Menunggu pembayaran')
  await budi.press(`payment:cancel:${invoice}`)
  await budi.sees(`Isi saldo ${invoice} dibatalkan`)
  assert.ok(budi.transcript().deleted.some(({ message_id }) => message_id === qr.message_id))
})

test('unpaid, the QR becomes a notice with only [Kembali]; money that comes later is credited and told', async () => {
  const budi = await shop.person().registered()
  await openMenu(budi)
  await budi.press('deposit:amount:10000')
  const qr = await budi.sees('Pembayaran QRIS')
  const { invoice } = await depositOf(budi)
  await shop.advance({ minutes: 10, seconds: 1 })
  const ended = await budi.sees(`Waktu pembayaran isi saldo ${invoice} sudah habis`)
  assert.deepEqual(labels(ended), ['⬅️ Kembali'])
  assert.ok(budi.transcript().deleted.some(({ message_id }) => message_id === qr.message_id))
  pakasir.pay(invoice, { force: true })
  const late = await budi.sees('datang setelah isi saldo berakhir')
  assert.match(late.text ?? '', /Rp 10\.000 sudah ditambahkan ke saldo/)
})

test('an update handled again after a crash makes no second deposit', async () => {
  const budi = await shop.person().registered()
  await openMenu(budi)
  await budi.press('deposit:amount:10000')
  await budi.sees('Pembayaran QRIS')
  const { invoice } = await depositOf(budi)
  await budi.press(`payment:cancel:${invoice}`)
  await budi.sees('dibatalkan')
  const { body } = await store.db.one<{ body: Buffer }>(sql`
    select body from niaga.inbox where queue = ${String(budi.id)}
      and convert_from(body, 'UTF8') like '%deposit:amount%'`)
  await createBot(store).handle(JSON.parse(body.toString('utf8')))
  await shop.drain()
  assert.deepEqual(await amountsOf(budi), ['10000.00'])
})

test('a gateway that is down is said, and the same button works once it is back', async () => {
  const budi = await shop.person().registered()
  await openMenu(budi)
  pakasir.faults.arm({ kind: 'outage' })
  // Five failures in a row open the circuit.
  for (let n = 0; n < 5; n++) {
    await store.pakasir
      .detail({ orderId: 'DEP20260101AAAAAA', amount: wholeMoney('IDR', 10_000) })
      .catch(() => undefined)
  }
  await budi.press('deposit:amount:10000')
  await budi.sees('Penyedia QRIS sedang tidak menjawab')
  pakasir.faults.clear()
  await shop.advance({ seconds: 31 })
  await budi.press('deposit:amount:10000')
  await budi.sees('Pembayaran QRIS')
})

async function openMenu(person: Person) {
  person.say('akun')
  await person.press('deposit:start')
  return await person.sees('Pilih jumlah yang masuk ke saldo')
}

function labels(message: Awaited<ReturnType<Person['sees']>>): readonly string[] {
  return message.reply_markup?.inline_keyboard.flat().map(({ text }) => text) ?? []
}

async function depositOf({ id }: Person) {
  await until(async () => (await amountsOf({ id })).length > 0)
  return await store.db.one<{ invoice: string }>(
    sql`select invoice_id as invoice from deposits where user_id = ${id} order by id desc limit 1`,
  )
}

async function amountsOf({ id }: { id: number }): Promise<readonly string[]> {
  const rows = await store.db.many<{ amount: string }>(
    sql`select amount from deposits where user_id = ${id} order by id`,
  )
  return rows.map(({ amount }) => amount)
}
