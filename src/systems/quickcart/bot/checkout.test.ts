import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openChatShop, type Person } from '../../../../test/quickcart-chat.ts'
import { until } from '../../../../test/until.ts'
import { sql } from '../../../postgres/sql.ts'

const shop = await openChatShop()
const { store, telegram, pakasir } = shop

async function orderOf(person: Person) {
  return await store.db.one<{ invoice_id: string; status: string }>(
    sql`select invoice_id, status from orders where user_id = ${person.id} order by id desc limit 1`,
  )
}

async function balanceOf(person: Person): Promise<string> {
  const { account_balance } = await store.db.one<{ account_balance: string }>(
    sql`select account_balance from users where id = ${person.id}`,
  )
  return account_balance
}

async function checkout(person: Person, productId: number, how: 'qris' | 'balance'): Promise<void> {
  person.say(String(productId))
  await person.press('checkout')
  await person.press(new RegExp(`^pay:${how}:`))
}

test('SALDO: two taps on [+], the goods in the chat, the balance lowered', async () => {
  const id = await shop.goods(10_000, ['KUNCI-1', 'KUNCI-2', 'KUNCI-3'])
  const budi = await shop.person().registered({ balance: 50_000 })
  budi.say(String(id))
  await budi.press('qty:1')
  await budi.sees('Jumlah: 2')
  await budi.press('checkout')
  await budi.sees('SALDO: Rp 20.000 (saldo kamu Rp 50.000)')
  await budi.press('pay:balance:20000')
  const goods = await budi.sees('Pembayaran diterima')
  assert.match(goods.text ?? '', /KUNCI-1\nKUNCI-2/)
  assert.equal(await balanceOf(budi), '30000.00')
})

test('check 16: a double tap on [SALDO] of one summary is one paid order and one deduction', async () => {
  const id = await shop.goods(10_000, ['A', 'B', 'C'])
  const budi = await shop.person().registered({ balance: 50_000 })
  budi.say(String(id))
  await budi.press('checkout')
  const summary = await budi.sees('Ringkasan pesanan')
  for (let n = 0; n < 3; n++) {
    telegram.press(budi.id, summary.message_id, 'pay:balance:10000', { isStale: true })
  }
  await budi.sees('Pembayaran diterima')
  await shop.drain()
  assert.equal(await balanceOf(budi), '40000.00')
  const { orders } = await store.db.one<{ orders: number }>(
    sql`select count(*)::int as orders from orders where user_id = ${budi.id}`,
  )
  assert.equal(orders, 1)
})

test('check 17: QRIS from the QR photo to the goods in the chat, once, and the admins hear of it', async () => {
  const id = await shop.goods(30_000, ['RAHASIA-17', 'SISA'])
  const admin = await shop.person('Admin').registered({ role: 'admin' })
  telegram.sendText(admin.id, '/help')
  const budi = await shop.person().registered()
  await checkout(budi, id, 'qris')
  const qr = await budi.sees('Pembayaran QRIS')
  assert.ok(qr.photo)
  assert.match(qr.caption ?? '', /Total: Rp 30\.520/)
  const labels = qr.reply_markup?.inline_keyboard.flat().map(({ text }) => text) ?? []
  assert.equal(labels.length, 3)
  const { invoice_id: invoice } = await orderOf(budi)
  pakasir.pay(invoice)
  await budi.press(`payment:status:${invoice}`)
  await budi.sees('RAHASIA-17')
  await admin.sees(`Invoice: ${invoice}`)
  await shop.drain()
  const told = budi.heard('RAHASIA-17')
  assert.equal(told.length, 1)
  assert.equal(admin.heard('RAHASIA').length, 0)
  const { is_sold, sold_count } = await store.db.one<{ is_sold: boolean; sold_count: number }>(sql`
    select s.is_sold, p.sold_count from product_stocks s join products p on p.id = s.product_id
      where s.content = 'RAHASIA-17'`)
  assert.deepEqual({ is_sold, sold_count }, { is_sold: true, sold_count: 1 })
})

test('check 23: an order nobody pays expires, and its QR message becomes a notice with only [Kembali]', async () => {
  const id = await shop.goods(15_000, ['STOK-23'])
  const budi = await shop.person().registered()
  await checkout(budi, id, 'qris')
  const qr = await budi.sees('Pembayaran QRIS')
  await shop.advance({ minutes: 10, seconds: 1 })
  const notice = await budi.sees('sudah habis')
  assert.deepEqual(
    notice.reply_markup?.inline_keyboard.flat().map(({ text }) => text),
    ['⬅️ Kembali'],
  )
  assert.ok(budi.transcript().deleted.some(({ message_id }) => message_id === qr.message_id))
  const row = await store.db.one<{
    status: string
    qr_string: string | null
    free: boolean
    released: boolean
  }>(sql`
    select o.status, p.qr_string, s.order_id is null as free, i.released_at is not null as released
      from orders o join payments p on p.order_id = o.id join order_items i on i.order_id = o.id
      join product_stocks s on s.id = i.stock_id where o.user_id = ${budi.id}`)
  assert.deepEqual(row, { status: 'expired', qr_string: null, free: true, released: true })
})

test('[Batalkan] frees the goods and takes the QR code away', async () => {
  const id = await shop.goods(15_000, ['STOK'])
  const budi = await shop.person().registered()
  await checkout(budi, id, 'qris')
  const qr = await budi.sees('Pembayaran QRIS')
  await budi.press(/^payment:cancel:/)
  await budi.sees('dibatalkan')
  assert.ok(budi.transcript().deleted.some(({ message_id }) => message_id === qr.message_id))
  assert.equal((await orderOf(budi)).status, 'cancelled')
})

test('a second checkout shows the order that waits for payment', async () => {
  const id = await shop.goods(15_000, ['A', 'B'])
  const budi = await shop.person().registered()
  await checkout(budi, id, 'qris')
  await budi.sees('Pembayaran QRIS')
  const { invoice_id: invoice } = await orderOf(budi)
  budi.say(String(id))
  await budi.sees('Jumlah: 1')
  await budi.press('checkout')
  await budi.sees('Selesaikan dulu pesanan ini')
  await budi.press(`payment:cancel:${invoice}`)
  await budi.sees('dibatalkan')
})

test('an old summary buys nothing once another product is in the cart', async () => {
  const [one, other] = [await shop.goods(10_000, ['SATU']), await shop.goods(10_000, ['DUA'])]
  const budi = await shop.person().registered({ balance: 50_000 })
  budi.say(String(one))
  await budi.press('checkout')
  const summary = await budi.sees('Ringkasan pesanan')
  budi.say(String(other))
  await budi.sees(`Id: ${other}`)
  telegram.press(budi.id, summary.message_id, 'pay:balance:10000')
  await until(() => budi.transcript().answers.some(({ text }) => text.includes('tidak berlaku')))
  assert.equal(await balanceOf(budi), '50000.00')
})

test('a price that changed since the summary is not charged; the new summary is shown', async () => {
  const id = await shop.goods(10_000, ['SATU'])
  const budi = await shop.person().registered({ balance: 50_000 })
  budi.say(String(id))
  await budi.press('checkout')
  await budi.sees('Ringkasan pesanan')
  await store.db.run(sql`update products set customer_price = 12000 where id = ${id}`)
  await budi.press('pay:balance:10000')
  await budi.sees('Harga berubah')
  await budi.sees('SALDO: Rp 12.000')
  assert.equal(await balanceOf(budi), '50000.00')
  await budi.press('pay:balance:12000')
  await budi.sees('SATU')
})

test('a voucher lowers the total; a wrong code is said and another may follow', async () => {
  const id = await shop.goods(50_000, ['SATU'])
  const code = 'KODE2345'
  const budi = await shop.person().registered({ balance: 100_000 })
  await shop.owner.db.run(sql`
    insert into vouchers (code, amount, created_by, expires_at)
      values (${code}, 10000, ${budi.id}, ${new Date(shop.clock.now().getTime() + 86_400_000)})`)
  budi.say(String(id))
  await budi.press('checkout')
  await budi.press('voucher:use')
  await budi.sees('Ketik kode voucher')
  budi.say('SALAH123')
  await budi.sees('tidak berlaku')
  budi.say(code.toLowerCase())
  await budi.sees('QRIS: Rp 40.590')
  await budi.press('pay:balance:40000')
  await budi.sees('SATU')
  assert.equal(await balanceOf(budi), '60000.00')
})

test('a sixth wrong voucher code in a minute is not looked up in the chat either', async () => {
  const id = await shop.goods(50_000, ['SATU'])
  const budi = await shop.person().registered()
  budi.say(String(id))
  await budi.press('checkout')
  await budi.press('voucher:use')
  await budi.sees('Ketik kode voucher')
  for (let n = 1; n <= 6; n++) budi.say(`SALAH00${n}`)
  await budi.sees('Terlalu banyak permintaan')
  assert.equal(await store.kv.get(`rate:${budi.id}:voucher`), '6')
})

test('check 60: goods stand in no outbox payload, no session and no audit row', async () => {
  const id = await shop.goods(10_000, ['RAHASIA-60'])
  const budi = await shop.person().registered({ balance: 50_000 })
  await checkout(budi, id, 'balance')
  await budi.sees('RAHASIA-60')
  const { found } = await store.db.one<{ found: number }>(sql`
    select (select count(*) from telegram_outbox o where o::text like '%RAHASIA-60%')::int
      + (select count(*) from niaga.kv k where k::text like '%RAHASIA-60%')::int as found`)
  await shop.auditArrives()
  const { audited } = await store.audits.one<{ audited: number }>(
    sql`select count(*)::int as audited from audit_logs a where a::text like '%RAHASIA-60%'`,
  )
  assert.deepEqual({ found, audited }, { found: 0, audited: 0 })
})
