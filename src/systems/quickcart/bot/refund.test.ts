import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openChatShop, type Person } from '../../../../test/quickcart-chat.ts'
import { until } from '../../../../test/until.ts'
import { sql } from '../../../postgres/sql.ts'

const shop = await openChatShop()
const { owner, telegram } = shop

async function paidOrder(price = 100_000): Promise<{ buyer: Person; invoice: string }> {
  const buyer = await shop.person().registered({ balance: price })
  buyer.say(String(await shop.goods(price, [`BARANG-${crypto.randomUUID()}`])))
  await buyer.press('checkout')
  await buyer.press(/^pay:balance/)
  await buyer.sees('Pembayaran diterima')
  const { invoice_id: invoice } = await owner.db.one<{ invoice_id: string }>(
    sql`select invoice_id from orders where user_id = ${buyer.id}`,
  )
  return { buyer, invoice }
}

async function balanceOf({ id }: Person): Promise<string> {
  const { balance } = await owner.db.one<{ balance: string }>(
    sql`select account_balance as balance from users where id = ${id}`,
  )
  return balance
}

const admin = await shop.person('Admin').registered({ role: 'admin' })

test('asked for from the list, tapped twice, approved twice: one request, one credit, and everybody is told', async () => {
  const { buyer, invoice } = await paidOrder()
  buyer.say('/refund')
  await buyer.press(`refund:quote:${invoice}`)
  const offer = await buyer.press(`refund:request:${invoice}`)
  telegram.press(buyer.id, offer.message_id, `refund:request:${invoice}`, { isStale: true })
  await buyer.sees('sudah diajukan')
  const asked = await admin.press(/^refund:approve/)
  await buyer.sees('disetujui')
  await admin.sees('Refund disetujui')
  const approve = asked.reply_markup?.inline_keyboard[0]?.[0]?.callback_data ?? ''
  telegram.press(admin.id, asked.message_id, approve, { isStale: true })
  await shop.drain()
  assert.equal(await balanceOf(buyer), '80000.00')
  assert.equal(admin.heard('Permintaan refund').length, 0, 'the question became the answer')
  buyer.say(`/reff ${invoice.toLowerCase()}`)
  await buyer.sees('sudah direfund')
})

test('a refund whose buyer cannot be told: the staff hears of it, by the invoice', async () => {
  const { buyer, invoice } = await paidOrder()
  buyer.say(`/refund ${invoice}`)
  await buyer.press(`refund:request:${invoice}`)
  await admin.sees(invoice)
  telegram.blockBot(buyer.id)
  await admin.press(/^refund:approve/)
  const told = await admin.sees('Pesan tidak terkirim')
  assert.ok(told.text?.includes('refund_paid') && told.text.includes(invoice), told.text)
  assert.equal(await balanceOf(buyer), '80000.00')
})

test('a rejection asks for the reason and hands it on', async () => {
  const { buyer, invoice } = await paidOrder()
  buyer.say(`/refund ${invoice}`)
  await buyer.press(`refund:request:${invoice}`)
  await admin.sees(invoice)
  await admin.press(/^refund:reject/)
  await admin.sees('Tulis alasan penolakan')
  admin.say('Barang <sudah> dipakai')
  await buyer.sees('Alasan: Barang <sudah> dipakai')
  await admin.sees('Refund ditolak')
  assert.equal(await balanceOf(buyer), '0.00')
})

test('a rejection without a reason, or with one too long to be told, is asked about again', async () => {
  const { buyer, invoice } = await paidOrder()
  buyer.say(`/refund ${invoice}`)
  await buyer.press(`refund:request:${invoice}`)
  await admin.sees(invoice)
  const asked = () => admin.heard('Tulis alasan penolakan').length
  const before = asked()
  await admin.press(/^refund:reject/)
  await until(() => asked() === before + 1)
  telegram.sendDocument(admin.id, { bytes: Buffer.from('?'), name: 'a.bin', mimeType: 'text/plain' })
  await until(() => asked() === before + 2)
  admin.say('x'.repeat(1_001))
  await admin.sees('Pesanmu 1001 huruf; paling banyak 1000')
  assert.equal(asked(), before + 3)
  const { status } = await owner.db.one<{ status: string }>(sql`
    select r.status from refunds r join orders o on o.id = r.order_id where o.invoice_id = ${invoice}`)
  assert.equal(status, 'requested')
  admin.say(` ${'y'.repeat(1_000)} `)
  await buyer.sees(`Alasan: ${'y'.repeat(1_000)}`)
})

test('in a group an admin decides; of anybody else the press is on record and does nothing', async () => {
  const { buyer, invoice } = await paidOrder()
  const eve = await shop.person('Eve').registered()
  const group = telegram.addGroup('Staf', [admin.id, eve.id])
  await owner.db.run(sql`insert into notification_groups (chat_id, added_by) values (${group}, ${admin.id})`)
  buyer.say(`/refund ${invoice}`)
  await buyer.press(`refund:request:${invoice}`)
  const question = await telegram.waitFor(group, ({ messages }) =>
    messages.findLast(({ text }) => text?.includes(invoice)),
  )
  const data = question.reply_markup?.inline_keyboard[0]?.[0]?.callback_data ?? ''
  telegram.press(eve.id, question.message_id, data, { chatId: group })
  await until(async () => {
    await shop.auditArrives()
    const { refused } = await owner.audits.one<{ refused: boolean }>(sql`
      select exists (select from audit_logs where action = 'unauthorized_access' and subject_id = ${String(eve.id)})
        as refused`)
    return refused
  })
  assert.equal(await balanceOf(buyer), '0.00')
  telegram.press(admin.id, question.message_id, data, { chatId: group })
  await buyer.sees('disetujui')
  await telegram.waitFor(group, ({ messages }) =>
    messages.find(({ text }) => text?.includes('Refund disetujui')),
  )
})

test('/claim lowers the refund; /setformula shows, changes and refuses nonsense', async () => {
  const { buyer, invoice } = await paidOrder()
  admin.say(`/claim ${invoice}|1|mati`)
  await admin.sees('Klaim garansi untuk')
  await shop.crashedAfter(admin)
  const { claims } = await owner.db.one<{ claims: number }>(sql`
    select count(*)::int as claims from warranty_claims c join order_items i on i.id = c.order_item_id
      join orders o on o.id = i.order_id where o.invoice_id = ${invoice}`)
  assert.equal(claims, 1, 'also where the update was handled again')
  buyer.say(`/refund ${invoice}`)
  await buyer.sees('Refund: Rp 60.000')
  admin.say('/setformula')
  await admin.sees('30|0.8|0.7|0.6|0.5|0.4')
  admin.say('/setformula 30|0.8|0.7|0|0.5|0.4')
  await admin.sees('Format: /setformula')
  admin.say('/setformula 60|0,9|0.7|0.5|0.5|0.4')
  await admin.sees('Rumus refund sekarang')
  buyer.say(`/refund ${invoice}`)
  await buyer.sees('Refund: Rp 50.000')
})
