import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openChatShop, type Person } from '../../../../test/quickcart-chat.ts'
import { sql } from '../../../postgres/sql.ts'

const shop = await openChatShop()
const { store } = shop
const admin = await shop.person('Admin').registered({ role: 'admin' })

async function buy(person: Person, product: number): Promise<void> {
  person.say(String(product))
  await person.press('checkout')
  await person.press(/^pay:balance:/)
}

test('check 40: /editid takes everything along that names the product', async () => {
  const id = await shop.goods(10_000, ['TERJUAL-40', 'SISA-40', 'LAIN-40'])
  const to = id + 50_000
  const [budi, rina] = [await shop.person().registered({ balance: 10_000 }), await shop.person().registered()]
  await buy(budi, id)
  await budi.sees('TERJUAL-40')
  rina.say(String(id))
  await rina.press('checkout')
  await rina.press(/^pay:qris:/)
  await rina.sees('Pembayaran QRIS')
  admin.say(`/disc ${id}|1000`)
  await admin.sees('berlaku sekarang')
  admin.say(`/editid ${id}|${to}`)
  await admin.sees(`sekarang bernomor ${to}`)

  const left = await store.db.one<object>(sql`
    select (select count(*)::int from product_stocks where product_id = ${id}) as stock,
      (select count(*)::int from order_items where product_id = ${id}) as items,
      (select count(*)::int from price_discounts where product_id = ${id}) as discounts`)
  const moved = await store.db.one<object>(sql`
    select (select count(*)::int from product_stocks where product_id = ${to}) as stock,
      (select count(*)::int from order_items where product_id = ${to}) as items,
      (select count(*)::int from price_discounts where product_id = ${to}) as discounts`)
  assert.deepEqual(
    [left, moved],
    [
      { stock: 0, items: 0, discounts: 0 },
      { stock: 3, items: 2, discounts: 1 },
    ],
  )
  budi.say(String(id))
  await budi.sees('tidak ditemukan')
  budi.say(String(to))
  await budi.sees(/Stok: 1[\s\S]*9\.000/)
  await rina.press(/^payment:cancel:/)
  await rina.sees('dibatalkan')
  admin.say(`/editid ${to}|${await shop.goods(1_000, [])}`)
  await admin.sees('Id produk itu sudah dipakai')
})

test('/disc and /discat lower the price everywhere; the summary shown before is not charged', async () => {
  const id = await shop.goods(10_000, ['A', 'B', 'C'], 'Diskon')
  const budi = await shop.person().registered({ balance: 50_000 })
  const price = async () => (await shop.get(`/products/${id}`)).body.price
  budi.say(String(id))
  await budi.press('checkout')
  await budi.sees('SALDO: Rp 10.000')
  admin.say('/discat Diskon|15%')
  await admin.sees('Kategori Diskon: diskon 15% berlaku')
  assert.equal(await price(), '8500.00')
  await budi.press('pay:balance:10000')
  await budi.sees('Harga berubah')
  await budi.sees('SALDO: Rp 8.500')
  admin.say(`/disc ${id}|4000`)
  await admin.sees('diskon Rp 4.000 berlaku')
  assert.equal(await price(), '6000.00')
  const quote = await shop.post('/orders/quote', {
    as: await shop.customer(),
    body: { items: [{ product_id: id, quantity: 2 }], payment_method: 'account_balance' },
  })
  assert.equal(quote.body.total, '12000.00')
  const list = await shop.get('/products?category=Diskon')
  assert.equal(list.body.items[0].price, '6000.00')
  admin.say(`/disc ${id}|0`)
  await admin.sees('diskon dihapus')
  assert.equal(await price(), '8500.00')
  admin.say('/discat Diskon|0%')
  await admin.sees('Kategori Diskon: diskon dihapus')
  assert.equal(await price(), '10000.00')
  for (const [wrong, said] of [
    [`/disc ${id}|101%`, 'Format: /disc'],
    [`/disc ${id}`, 'Format: /disc'],
    ['/discat Tidakada|5%', 'Tidak ada produk dalam kategori Tidakada'],
    ['/disc 999999|5%', 'Produk 999999 tidak ditemukan'],
  ] as const) {
    admin.say(wrong)
    await admin.sees(said)
  }
})

test('discounts over HTTP: one at a time per product, also when ten are set at once', async () => {
  const as = await shop.customer({ role: 'admin' })
  const id = await shop.goods(10_000, ['A'], 'Kategori/Aneh & baru')
  const path = `/admin/discounts/product/${id}`
  const category = `/admin/discounts/category/${encodeURIComponent('Kategori/Aneh & baru')}`
  const price = async () => (await shop.get(`/products/${id}`)).body.price
  const set = (value: unknown, kind = 'percent', to = path) =>
    shop.call('PUT', to, { as, body: { kind, value } })
  const all = await Promise.all(Array.from({ length: 10 }, (_, n) => set(String(n + 1))))
  assert.deepEqual(
    all.map(({ status }) => status),
    all.map(() => 200),
  )
  const { active } = await store.db.one<{ active: number }>(
    sql`select count(*)::int as active from price_discounts where product_id = ${id} and is_active`,
  )
  assert.equal(active, 1)
  assert.deepEqual((await set(25)).body, { kind: 'percent', value: '25.00' })
  assert.equal(await price(), '7500.00')
  for (const [value, kind, code] of [
    ['101', 'percent', 'validation_failed'],
    ['0', 'nominal', 'validation_failed'],
    ['0.50', 'nominal', 'amount_not_whole'],
    ['5', 'half', 'validation_failed'],
  ]) {
    const { status, body } = await set(value, kind)
    assert.deepEqual([status, body.code], [422, code])
  }
  assert.equal((await shop.call('DELETE', path, { as })).status, 204)
  assert.equal((await set('2500.00', 'nominal', category)).status, 200)
  assert.equal(await price(), '7500.00')
  assert.equal((await shop.call('DELETE', category, { as })).status, 204)
  assert.equal(await price(), '10000.00')
  assert.equal((await set(5, 'percent', '/admin/discounts/category/nichts')).body.code, 'category_not_found')
})

test('/priceress, /editcategory and /editsold', async () => {
  const id = await shop.goods(10_000, ['A'])
  const rina = await shop.customer({ role: 'reseller' })
  const seen = async () => (await shop.get(`/products/${id}`, { as: rina })).body
  admin.say(`/priceress ${id}|8000`)
  await admin.sees('harga reseller Rp 8.000')
  assert.deepEqual([(await seen()).price, (await seen()).customer_price], ['8000.00', '10000.00'])
  admin.say(`/priceress ${id}|-`)
  await admin.sees('harga reseller dihapus')
  assert.equal((await seen()).price, '10000.00')
  admin.say(`/editcategory ${id}|Baru & Segar`)
  await admin.sees('sekarang di kategori Baru & Segar')
  admin.say(`/editcategory ${id}|tanpa kategori`)
  await admin.sees('sekarang di kategori Tanpa Kategori')
  assert.equal((await seen()).category, 'Uncategorized')
  admin.say(`/editsold ${id}|25`)
  await admin.sees('25 terjual')
  admin.say(`/editsold ${id}|-26`)
  await admin.sees('tidak bisa kurang dari nol')
  admin.say(`/editsold ${id}|-25`)
  await admin.sees(`Produk ${id}: 0 terjual`)
  assert.equal((await seen()).sold_count, 0)
})

test('check 60: /exportstock sends the available goods to that admin alone, and they are stored nowhere else', async () => {
  const id = await shop.goods(10_000, ['EKSPOR-60-A', 'EKSPOR-60-B', 'EKSPOR-60-C'])
  const budi = await shop.person().registered({ balance: 10_000 })
  await buy(budi, id)
  await budi.sees('EKSPOR-60-A')
  admin.say(`/exportstock ${id}`)
  const { document } = await admin.sees(`Stok produk ${id}: 2 barang`)
  assert.equal(document?.file_name, `stok-${id}.txt`)
  const bytes = await store.telegram.download(document?.file_id ?? '')
  assert.equal(bytes.toString('utf8'), 'EKSPOR-60-B\nEKSPOR-60-C\n')
  await shop.auditArrives()
  const { stored } = await store.db.one<{ stored: number }>(sql`
    select (select count(*) from telegram_outbox o where o::text like '%EKSPOR-60%')::int
      + (select count(*) from niaga.kv k where k::text like '%EKSPOR-60%')::int as stored`)
  const { audited } = await store.audits.one<{ audited: number }>(
    sql`select count(*)::int as audited from audit_logs a where a::text like '%EKSPOR-60%'`,
  )
  assert.deepEqual({ stored, audited }, { stored: 0, audited: 0 })

  const empty = await shop.goods(10_000, [])
  admin.say(`/exportstock ${empty}`)
  await admin.sees('tidak punya stok')
  admin.say('/exportstock 999999')
  await admin.sees('Produk 999999 tidak ditemukan')
})

test('an export too large for one file comes in several: every good once, in the order of sale', async () => {
  const id = await shop.goods(10_000, [])
  // Two of these fit into a file.
  await store.db.run(sql`
    select add_stock(${id}, array(select n || ':' || repeat('x', 7000000) from generate_series(1, 5) n))`)
  admin.say(`/exportstock ${id}`)
  const numbers: string[] = []
  for (const part of [1, 2, 3]) {
    const { document } = await admin.sees(`Stok produk ${id}, bagian ${part}:`)
    assert.equal(document?.file_name, `stok-${id}-${part}.txt`)
    const bytes = await store.telegram.download(document?.file_id ?? '')
    numbers.push(
      ...bytes
        .toString('utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => line.slice(0, 2)),
    )
  }
  assert.deepEqual(numbers, ['1:', '2:', '3:', '4:', '5:'])
})

test('an export that waits is not sent to somebody who is no admin any more', async () => {
  const id = await shop.goods(10_000, ['BOCOR'])
  const former = await shop.person().registered()
  former.say('/order')
  await former.sees('Cara memesan')
  await store.db.run(sql`
    insert into telegram_outbox (chat_id, method, payload)
      values (${former.id}, 'sendMessage', ${sql.json({ kind: 'stock_export', product_id: id })})`)
  await shop.drain()
  assert.equal(former.transcript().messages.filter(({ document }) => document !== undefined).length, 0)
})

test('/version says what runs, for which shop, and whether it is real', async () => {
  admin.say('/version')
  await admin.sees(/Niaga \d+\.\d+\.\d+\nToko: QuickCart Store\nLingkungan: produksi/)
})
