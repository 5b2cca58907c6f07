import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openChatShop } from '../../../../test/quickcart-chat.ts'
import { until } from '../../../../test/until.ts'
import { sql } from '../../../postgres/sql.ts'

const shop = await openChatShop()
const { store, telegram } = shop

/** What the audit database holds about this person's doing. */
async function audited(action: string, user: number): Promise<readonly Record<string, unknown>[]> {
  await shop.auditArrives()
  const rows = await store.audits.many<{ context: Record<string, unknown> }>(
    sql`select context from audit_logs where action = ${action} and actor_id = ${user} order by id`,
  )
  return rows.map(({ context }) => context)
}

test('check 42: /add of somebody who is not an admin meets silence and is on record', async () => {
  const budi = await shop.person().registered()
  budi.say('/add 1|Curang|-|1|-')
  await until(async () => (await audited('unauthorized_access', budi.id)).length === 1)
  budi.say('/order')
  await budi.sees('Cara memesan')
  assert.equal(budi.heard().length, 1)
})

test('check 42: /add with bad fields answers syntax and example; good ones make the product', async () => {
  const admin = await shop.person('Admin').registered({ role: 'admin' })
  admin.say('/add Netflix 25000')
  await admin.sees(/Format: .*\nContoh: /)
  admin.say('/add 7001|Netflix 1 Bulan|Streaming|25000|Akun pribadi')
  await admin.sees('Produk 7001 (Netflix 1 Bulan) ditambahkan')
  admin.say('/add 7001|Lain|-|1000|-')
  await admin.sees('Id produk itu sudah dipakai')
  const outcomes = (await audited('admin_command', admin.id)).map(({ outcome }) => outcome)
  assert.deepEqual(outcomes, ['wrong_format', 'ok', 'product_id_taken'])
})

test('an /add without an id that is handled again after a crash makes no second product', async () => {
  const admin = await shop.person('Admin').registered({ role: 'admin' })
  admin.say('/add -|Sekali saja|-|1000|-')
  await admin.sees('(Sekali saja) ditambahkan')
  await shop.crashedAfter(admin)
  const { made } = await store.db.one<{ made: number }>(
    sql`select count(*)::int as made from products where name = 'Sekali saja'`,
  )
  assert.equal(made, 1)
})

test('check 41: three lines with one duplicate add two; a reserved or sold item cannot be removed', async () => {
  const admin = await shop.person('Admin').registered({ role: 'admin' })
  const id = await shop.goods(10_000, [])
  admin.say(`/addstock ${id}|RAHASIA-A\nRAHASIA-B\nRAHASIA-A`)
  await admin.sees('2 ditambahkan, 1 duplikat dilewati')
  const stock = await store.db.many<{ id: string }>(
    sql`select id from product_stocks where product_id = ${id} order by created_at`,
  )
  const budi = await shop.person().registered()
  budi.say(String(id))
  await budi.press('checkout')
  await budi.press(/^pay:qris:/)
  await budi.sees('Pembayaran QRIS')
  admin.say(`/delstock ${id}|${stock[0]?.id}`)
  await admin.sees('sudah dipesan atau terjual')
  admin.say(`/delallstock ${id}`)
  await admin.sees(`Produk ${id}: 1 stok dihapus`)
  const commands = JSON.stringify(await audited('admin_command', admin.id))
  assert.doesNotMatch(commands, /RAHASIA/)
})

test('check 41: a .txt document with the command as caption loads its lines', async () => {
  const admin = await shop.person('Admin').registered({ role: 'admin' })
  const id = await shop.goods(10_000, [])
  const sends = (bytes: Buffer) =>
    telegram.sendDocument(
      admin.id,
      { bytes, name: 'stok.txt', mimeType: 'text/plain' },
      { caption: `/addstock ${id}` },
    )
  // As Windows saves it: with a byte order mark.
  sends(Buffer.from('\uFEFFsatu\r\ndua\n\ntiga\n'))
  await admin.sees(`Produk ${id}: 3 ditambahkan`)
  for (const [n, bytes] of [
    Buffer.from('\uFEFFempat\n', 'utf16le'),
    Buffer.from('empat\n', 'utf16le'),
    Buffer.from('empat é\n', 'latin1'),
  ].entries()) {
    sends(bytes)
    await until(() => admin.heard('Kirim file .txt (UTF-8)').length === n + 1)
  }
  const as = await shop.customer({ role: 'admin' })
  const load = async (...contents: string[]) =>
    (await shop.post(`/admin/products/${id}/stock`, { as, body: { contents } })).body
  assert.deepEqual(await load('\uFEFFsatu', '\uFEFF', 'empat'), { added: 1, duplicates: 1 })
  assert.equal((await load('li\0ma')).code, 'bad_request')
  const goods = await store.db.many<{ content: string }>(
    sql`select content from product_stocks where product_id = ${id} order by created_at`,
  )
  assert.deepEqual(
    goods.map(({ content }) => content),
    ['satu', 'dua', 'tiga', 'empat'],
  )
})

test('an admin sees more commands in the menu than a customer', async () => {
  const budi = await shop.person().registered()
  budi.say('/help')
  const help = await budi.sees('Perintah')
  assert.doesNotMatch(help.text ?? '', /addstock/)
  const admin = await shop.person('Admin').registered({ role: 'admin' })
  admin.say('/help')
  assert.match((await admin.sees('Perintah')).text ?? '', /addstock/)
})
