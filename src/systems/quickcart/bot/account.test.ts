import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openChatShop } from '../../../../test/quickcart-chat.ts'
import { sql } from '../../../postgres/sql.ts'

const shop = await openChatShop()
const { store } = shop

test('name, e-mail and WhatsApp are changed; what is wrong is said and may be typed again', async () => {
  const budi = await shop.person().registered()
  budi.say('akun')
  await budi.press('account:edit:name')
  await budi.sees('Ketik nama baru kamu')
  budi.say('-')
  await budi.sees('Nama harus 1 sampai 100 huruf')
  budi.say('Budi <b>Santoso</b>')
  await budi.sees('Nama: Budi <b>Santoso</b>')

  await budi.press('account:edit:email')
  budi.say('bukan alamat')
  await budi.sees('Itu bukan alamat email')
  budi.say('Budi@Contoh.ID')
  await budi.sees('Email: budi@contoh.id')

  await budi.press('account:edit:whatsapp')
  budi.say('12345678')
  await budi.sees('WhatsApp: 12345678')
  assert.deepEqual(await profileOf(budi.id), {
    name: 'Budi <b>Santoso</b>',
    email: 'budi@contoh.id',
    whatsapp_number: '12345678',
  })

  const ani = await shop.person('Ani').registered()
  ani.say('akun')
  await ani.press('account:edit:email')
  await ani.sees('Ketik alamat email baru')
  ani.say('budi@contoh.id')
  await ani.sees('sudah dipakai akun lain')
  ani.say('ani@contoh.id')
  await ani.sees('Email: ani@contoh.id')
})

test('optional fields are cleared by "-" and by [Kosongkan], to NULL', async () => {
  const budi = await shop.person().registered()
  await shop.owner.db.run(sql`
    update users set email = 'kosong@contoh.id', whatsapp_number = '+6281234567890' where id = ${budi.id}`)
  budi.say('akun')
  await budi.press('account:edit:email')
  await budi.sees('untuk mengosongkan')
  budi.say('-')
  await budi.sees('Email: –')
  await budi.press('account:edit:whatsapp')
  await budi.press('account:clear:whatsapp')
  await budi.sees('WhatsApp: –')
  const { email, whatsapp_number } = await profileOf(budi.id)
  assert.deepEqual([email, whatsapp_number], [null, null])
})

test('a key of the keyboard leaves the question: what is typed next changes nothing', async () => {
  const budi = await shop.person().registered()
  budi.say('akun')
  await budi.press('account:edit:name')
  await budi.sees('Ketik nama baru kamu')
  budi.say('📦 STOK')
  await budi.sees('Stok (halaman')
  budi.say('Bukan Nama')
  await budi.sees('Aku tidak mengerti')
  assert.equal((await profileOf(budi.id)).name, 'Budi')
})

async function profileOf(id: number) {
  return await store.db.one<{ name: string; email: string | null; whatsapp_number: string | null }>(
    sql`select name, email, whatsapp_number from users where id = ${id}`,
  )
}
