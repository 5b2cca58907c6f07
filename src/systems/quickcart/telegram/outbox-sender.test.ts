import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openChatShop, type Person } from '../../../../test/quickcart-chat.ts'
import { until } from '../../../../test/until.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { advanceClock } from '../../../platform/jobs/drain.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { claimDue } from './outbox.queries.ts'
import { startOutboxSender } from './outbox-sender.ts'

const shop = await openChatShop()
const { store, telegram } = shop

interface Row {
  readonly status: string
  readonly attempts: number
  readonly error: string | null
}

async function rowOf(dedupeKey: string): Promise<Row> {
  return await store.db.one<Row>(
    sql`select status, attempts, error from telegram_outbox where dedupe_key = ${dedupeKey}`,
  )
}

async function queue(chat: number, text: string, priority = 5): Promise<void> {
  await store.db.run(sql`
    insert into telegram_outbox (chat_id, method, payload, dedupe_key, priority)
      values (${chat}, 'sendMessage', ${sql.json({ text })}, ${text}, ${priority})`)
}

async function invoiceOf(person: Person): Promise<string> {
  const { invoice_id } = await store.db.one<{ invoice_id: string }>(
    sql`select invoice_id from orders where user_id = ${person.id} order by id desc limit 1`,
  )
  return invoice_id
}

/** Time alone: a chat whose first message waits holds back the others, and nothing is to wait for them here. */
async function pass(step: Parameters<typeof shop.advance>[0]): Promise<void> {
  await advanceClock(store.db, shop.clock, step)
}

/** Of each pause between two tries of this message: whether it was as long as that. */
function waited(text: string, seconds: readonly number[]): boolean[] {
  const tries = telegram.calls('sendMessage').filter(({ payload }) => payload.text === text)
  return tries.slice(1).map(({ at }, n) => {
    const before = tries[n]?.at ?? at
    return at.getTime() - before.getTime() >= (seconds[n] ?? 0) * 1000
  })
}

async function buy(person: Person, productId: number): Promise<void> {
  person.say(String(productId))
  await person.press('checkout')
  await person.press(/^pay:balance:/)
}

test('check 46: after 429 with retry_after 3 a message is sent once, and not before 3 seconds have passed', async () => {
  const budi = await shop.person().registered()
  budi.say('akun')
  await budi.sees('Akun kamu')
  telegram.fault({ kind: 'rate_limited', retryAfter: 3, method: 'sendMessage', chatId: budi.id })
  await queue(budi.id, 'tunggu-46')
  await until(async () => (await rowOf('tunggu-46')).error === 'rate limited')
  await pass({ seconds: 3 })
  await budi.sees('tunggu-46')
  assert.deepEqual(waited('tunggu-46', [3]), [true])
  await shop.drain()
  assert.equal(budi.heard('tunggu-46').length, 1)
  assert.equal((await rowOf('tunggu-46')).status, 'sent')
})

test('check 46: a buyer who blocked the bot keeps the order; row failed, person marked, admins told; cleared later', async () => {
  const admin = await shop.person('Admin').registered({ role: 'admin' })
  admin.say('/order')
  await admin.sees('Cara memesan')
  const id = await shop.goods(10_000, ['BARANG'])
  const budi = await shop.person().registered({ balance: 10_000 })
  budi.say(String(id))
  await budi.press('checkout')
  const summary = await budi.sees('Ringkasan pesanan')
  telegram.press(budi.id, summary.message_id, 'pay:balance:10000')
  telegram.blockBot(budi.id)
  await admin.sees('Pesan tidak terkirim')
  const invoice = await invoiceOf(budi)
  assert.equal((await rowOf(`deliver:${invoice}`)).status, 'failed')
  const { status, blocked } = await store.db.one<{ status: string; blocked: boolean }>(sql`
    select o.status, u.blocked_bot_at is not null as blocked from orders o join users u on u.id = o.user_id
      where o.invoice_id = ${invoice}`)
  assert.deepEqual({ status, blocked }, { status: 'paid', blocked: true })
  assert.equal(admin.heard('BARANG').length, 0)
  budi.say('akun')
  await budi.sees('Akun kamu')
  const { back } = await store.db.one<{ back: boolean }>(
    sql`select blocked_bot_at is null as back from users where id = ${budi.id}`,
  )
  assert.equal(back, true)
})

test('server errors are retried after 1, 2, 4 seconds until the message is there, once', async () => {
  const budi = await shop.person().registered()
  budi.say('akun')
  await budi.sees('Akun kamu')
  telegram.fault({ kind: 'server_error', status: 502, method: 'sendMessage', chatId: budi.id, times: 3 })
  await queue(budi.id, 'gagal-dulu')
  for (const [attempts, seconds] of [
    [1, 1],
    [2, 2],
    [3, 4],
  ] as const) {
    await until(async () => (await rowOf('gagal-dulu')).attempts >= attempts)
    await pass({ seconds })
  }
  await budi.sees('gagal-dulu')
  assert.equal(budi.heard('gagal-dulu').length, 1)
  assert.deepEqual(waited('gagal-dulu', [1, 2, 4]), [true, true, true])
})

test('goods that Telegram refuses ten times are given up, and the admins are told', async () => {
  const admin = await shop.person('Admin').registered({ role: 'admin' })
  admin.say('/order')
  await admin.sees('Cara memesan')
  const budi = await shop.person().registered({ balance: 10_000 })
  const id = await shop.goods(10_000, ['BARANG-10'])
  budi.say(String(id))
  await budi.press('checkout')
  await budi.sees('Ringkasan pesanan')
  telegram.fault({ kind: 'server_error', method: 'sendMessage', chatId: budi.id, times: 10 })
  await budi.press(/^pay:balance:/)
  for (let n = 1; n <= 9; n++) {
    await until(async () => (await attemptsOf(budi)) >= n)
    await pass({ seconds: 61 })
  }
  await admin.sees(/Pesan tidak terkirim.*deliver/)
  assert.equal((await rowOf(`deliver:${await invoiceOf(budi)}`)).status, 'failed')
})

async function attemptsOf(person: Person): Promise<number> {
  const row = await store.db.maybeOne<{ attempts: number }>(sql`
    select attempts from telegram_outbox
      where chat_id = ${person.id} and payload ->> 'kind' = 'deliver' and status <> 'sending'`)
  return row?.attempts ?? 0
}

test('goods of more than 4096 characters come as a document named after the invoice', async () => {
  const id = await shop.goods(1_000, [`AWAL-${'x'.repeat(5_000)}-AKHIR`])
  const budi = await shop.person().registered({ balance: 1_000 })
  await buy(budi, id)
  const message = await budi.sees('ada di file ini')
  assert.equal(message.document?.file_name, `${await invoiceOf(budi)}.txt`)
  const bytes = await store.telegram.download(message.document?.file_id ?? '')
  assert.match(bytes.toString('utf8'), /AWAL-x+-AKHIR$/)
})

test('an order that expired long ago: the QR is too old to delete, so its caption becomes the notice', async () => {
  const id = await shop.goods(15_000, ['A'])
  const budi = await shop.person().registered()
  budi.say(String(id))
  await budi.press('checkout')
  await budi.press(/^pay:qris:/)
  const qr = await budi.sees('Pembayaran QRIS')
  await pass({ hours: 49 })
  const notice = await budi.sees('sudah habis')
  assert.equal(notice.message_id, qr.message_id)
  const labels = notice.reply_markup?.inline_keyboard.flat().map(({ text }) => text)
  assert.deepEqual(labels, ['⬅️ Kembali'])
})

test('a group that moved keeps getting notices at its new id', async () => {
  const admin = await shop.person('Admin').registered({ role: 'admin' })
  const group = telegram.addGroup('Tim', [admin.id])
  await shop.owner.db.run(
    sql`insert into notification_groups (chat_id, added_by) values (${group}, ${admin.id})`,
  )
  const moved = telegram.migrateGroup(group)
  const id = await shop.goods(1_000, ['X'])
  const budi = await shop.person().registered({ balance: 1_000 })
  await buy(budi, id)
  await telegram.waitFor(moved, ({ messages }) =>
    messages.some(({ text }) => text?.includes('Pesanan lunas')),
  )
  const groups = await store.db.many<{ chat_id: bigint }>(sql`select chat_id from notification_groups`)
  assert.deepEqual(groups, [{ chat_id: BigInt(moved) }])
  await shop.owner.db.run(sql`delete from notification_groups`)
})

test('two senders, three chats, thirty messages: each once, in order, and never too fast', async (t) => {
  const people = await Promise.all([0, 1, 2].map(() => shop.person().registered()))
  for (const person of people) {
    person.say('akun')
    await person.sees('Akun kamu')
  }
  const before = telegram.calls('sendMessage').length
  const second = startOutboxSender(store)
  t.after(() => second.stop())
  // What was said so far no longer counts: thirty at once are allowed, thirty-three are not.
  await pass({ seconds: 2 })
  for (let n = 0; n < 10; n++) for (const { id } of people) await queue(id, `urut-${id}-${n}`)
  // A second's worth of waiting is taken off each time the chats have what they may have.
  for (let n = 4; n < 10; n++) {
    for (const { id } of people) await until(async () => (await rowOf(`urut-${id}-${n}`)).status === 'sent')
    await pass({ seconds: 1 })
  }
  for (const person of people) {
    const heard = person.heard('urut-').map(({ text }) => text)
    assert.deepEqual(
      heard,
      Array.from({ length: 10 }, (_, n) => `urut-${person.id}-${n}`),
    )
  }
  assert.ok(
    telegram
      .calls('sendMessage')
      .slice(before)
      .every(({ status }) => status === 200),
  )
})

test('thousands wait behind one message of a chat: the sender reads each of them once', async () => {
  const waiting = 2_000
  const chat = 1 + shop.person('Penuh').id
  await inTransaction(shop.owner.db, systemCaller, async (tx) => {
    const read = async () => {
      const { rows } = await tx.one<{ rows: number }>(sql`
        select (seq_tup_read + idx_tup_fetch)::int as rows from pg_stat_xact_user_tables where relname = 'telegram_outbox'`)
      return rows
    }
    await tx.run(sql`
      insert into telegram_outbox (chat_id, method, payload, priority, next_attempt_at)
        select ${chat}, 'sendMessage', '{"text": "wait"}', 5, now() + (n = 0)::int * interval '1 hour'
        from generate_series(0, ${waiting}::int) n`)
    await tx.run(sql`analyze telegram_outbox`)
    const before = await read()
    assert.deepEqual(await claimDue(tx, { limit: 12, of: 'news', busyChats: [], offsetMs: 0 }), [])
    const after = await read()
    assert.ok(after - before < waiting * 1.2, `${after - before} rows read`)
    await tx.run(sql`delete from telegram_outbox where chat_id = ${chat}`)
  })
})

test('a row whose sender died is sent by the next one', async () => {
  const budi = await shop.person().registered()
  budi.say('akun')
  await budi.sees('Akun kamu')
  await store.db.run(sql`
    insert into telegram_outbox (chat_id, method, payload, status, attempts, next_attempt_at)
      values (${budi.id}, 'sendMessage', '{"text": "yatim"}', 'sending', 1, now() - interval '61 seconds')`)
  await budi.sees('yatim')
})

test('finished messages go after 90 days; one that still waits stays', async () => {
  const budi = await shop.person().registered()
  await store.db.run(sql`
    insert into telegram_outbox (chat_id, method, payload, dedupe_key, status, sent_at, next_attempt_at, created_at)
      select ${budi.id}, 'sendMessage', '{}', 'alt-' || status || days, status,
        case status when 'sent' then now() end, now() + interval '1 year',
        ${shop.clock.now()}::timestamptz - days * interval '1 day'
      from unnest(array['sent', 'failed', 'queued']) status, unnest(array[88, 91]) days`)
  const left = async () => {
    const rows = await store.db.many<{ key: string }>(
      sql`select dedupe_key as key from telegram_outbox where chat_id = ${budi.id} order by 1`,
    )
    return rows.map(({ key }) => key)
  }
  await shop.advance({ days: 1 })
  await until(async () => !(await left()).includes('alt-sent91'))
  assert.deepEqual(await left(), ['alt-failed88', 'alt-queued88', 'alt-queued91', 'alt-sent88'])
})

test('a message that can no longer be edited is said anew', async () => {
  const budi = await shop.person().registered()
  const own = budi.say('akun')
  await budi.sees('Akun kamu')
  await store.db.run(sql`
    insert into telegram_outbox (chat_id, method, payload)
      values (${budi.id}, 'editMessageText', ${sql.json({ text: 'sebagai baru', message_id: own.message_id })})`)
  await budi.sees('sebagai baru')
})
