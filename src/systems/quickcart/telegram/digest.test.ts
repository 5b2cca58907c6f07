import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openChatShop, type Person } from '../../../../test/quickcart-chat.ts'
import { until } from '../../../../test/until.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { advanceClock } from '../../../platform/jobs/drain.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { startOutboxSender } from './outbox-sender.ts'

const shop = await openChatShop()
const { store } = shop

test('more than ten order notices that wait together are one digest', async () => {
  const admin = await listener()
  const invoices = await news(30)
  const digest = await admin.sees('Ringkasan 30 pemberitahuan')
  assert.match(digest.text ?? '', /⌛ Kedaluwarsa: 30 · Rp 30\.000/)
  assert.deepEqual(invoicesIn([digest.text]), invoices.toSorted())
  assert.equal(admin.heard('Pesanan kedaluwarsa').length, 0)
  await shop.drain()
  const open = await store.db.many(
    sql`select id from telegram_outbox where chat_id = ${admin.id} and status <> 'sent'`,
  )
  assert.deepEqual(open, [])
})

test('ten go out one by one; the next wait for the end of the minute, and alerts do not wait for them', async () => {
  const admin = await listener()
  for (let n = 1; n <= 10; n++) {
    await news(1)
    await until(() => admin.heard('Pesanan kedaluwarsa').length === n)
    await pass(1)
  }
  const later = await news(5)
  await until(async () => (await heldFor(admin)) === 1)
  await inTransaction(shop.owner.db, systemCaller, (tx) =>
    tx.run(sql`select notify_staff('staff_amount_mismatch', 'order', ${later[0]}, '{"amount": "1"}')`),
  )
  await admin.sees('Jumlah pembayaran berbeda')
  assert.equal(admin.heard('Pesanan kedaluwarsa').length, 10)
  await pass(60)
  const digest = await admin.sees('Ringkasan 5 pemberitahuan')
  assert.deepEqual(invoicesIn([digest.text]), later.toSorted())

  // Within a minute of a digest even a single one waits, and then goes out as itself.
  await news(1)
  await until(async () => (await heldFor(admin)) === 1)
  assert.equal(admin.heard('Pesanan kedaluwarsa').length, 10)
  await pass(61)
  await until(() => admin.heard('Pesanan kedaluwarsa').length === 11)
})

test('a sender that dies after merging and before sending: the next one sends the same digest', async () => {
  const admin = await listener()
  // Taken by a sender of the past, in the transaction that makes them, so that ours does not see them before.
  await inTransaction(shop.owner.db, systemCaller, async (tx) => {
    await notify(tx, 12)
    const { id } = await tx.one<{ id: bigint }>(sql`
      update telegram_outbox set status = 'sending', attempts = 1, next_attempt_at = now() - interval '61 seconds'
        where id = (select min(id) from telegram_outbox where chat_id = ${admin.id} and status = 'queued')
        returning id`)
    await tx.run(sql`select merge_order_notice(${id}, 1)`)
  })
  await admin.sees('Ringkasan 12 pemberitahuan')
  await shop.drain()
  assert.equal(admin.heard('Ringkasan').length, 1)
  assert.equal(admin.heard('Pesanan kedaluwarsa').length, 0)
})

test('two senders and thirty transactions at once: every order is told once', async (t) => {
  const admin = await listener()
  const second = startOutboxSender(store)
  t.after(() => second.stop())
  const invoices = (await Promise.all(Array.from({ length: 30 }, () => news(1)))).flat()
  await until(async () => {
    await pass(5)
    const { open } = await store.db.one<{ open: number }>(
      sql`select count(*)::int as open from telegram_outbox where chat_id = ${admin.id} and status <> 'sent'`,
    )
    return open === 0
  })
  const told = invoicesIn(admin.heard(/Pesanan kedaluwarsa|Ringkasan/).map(({ text }) => text))
  assert.deepEqual(told, invoices.toSorted())
  assert.ok(admin.heard('Pesanan kedaluwarsa').length <= 10)
})

/** An admin who is there to hear, and the only one. */
async function listener(): Promise<Person> {
  await shop.owner.db.run(sql`update users set member_status = 'customer' where member_status = 'admin'`)
  const admin = await shop.person('Admin').registered({ role: 'admin' })
  admin.say('/order')
  await admin.sees('Cara memesan')
  await pass(61)
  return admin
}

/** That many orders expire at once; answers their invoices. */
async function news(count: number): Promise<readonly string[]> {
  return await inTransaction(shop.owner.db, systemCaller, (tx) => notify(tx, count))
}

let lastInvoice = 0

async function notify(tx: Parameters<Parameters<typeof inTransaction>[2]>[0], count: number) {
  const invoices = Array.from({ length: count }, () => `TRX20260101${String(++lastInvoice).padStart(6, '0')}`)
  await tx.run(sql`
    insert into users (id, name, bank_id) values (999000001, 'Pembeli', '999001') on conflict do nothing`)
  await tx.run(sql`
    insert into orders (invoice_id, user_id, subtotal, total_bill, payment_method, status)
      select i, 999000001, 1000, 1000, 'qris', 'expired' from unnest(${invoices}::text[]) i`)
  await tx.run(sql`
    select notify_staff('staff_payment_expired', 'order', i) from unnest(${invoices}::text[]) i`)
  return invoices
}

function invoicesIn(texts: readonly (string | undefined)[]): readonly string[] {
  return texts.flatMap((text) => text?.match(/TRX\w+/g) ?? []).toSorted()
}

async function heldFor({ id }: Person): Promise<number> {
  const { held } = await store.db.one<{ held: number }>(sql`
    select count(*)::int as held from telegram_outbox
      where chat_id = ${id} and status = 'queued' and payload ? 'held'`)
  return held
}

async function pass(seconds: number): Promise<void> {
  await advanceClock(store.db, shop.clock, { seconds })
}
