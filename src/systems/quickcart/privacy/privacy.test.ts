import assert from 'node:assert/strict'
import { stat } from 'node:fs/promises'
import { test } from 'node:test'
import type { Answer } from '../../../../test/calls.ts'
import { openChatShop, type Person } from '../../../../test/quickcart-chat.ts'
import type { Customer } from '../../../../test/quickcart-shop.ts'
import { tablesWith } from '../../../../test/tables-with.ts'
import { until } from '../../../../test/until.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { userId } from '../accounts/user-id.ts'
import { proveAudit } from '../shop/audit.ts'
import { buildExport } from './build-export.ts'

const shop = await openChatShop()
const { store, owner, telegram } = shop

const admin = await shop.customer({ role: 'admin', name: 'Admin' })

async function signedIn(id: number): Promise<Customer> {
  const { body } = await shop.post('/auth/telegram', { body: { init_data: telegram.initData(id) } })
  return { id, token: body.access_token }
}

const erase = (as: Customer, more: object = {}) =>
  shop.post('/me/erasure', { as, body: { confirm: 'HAPUS', ...more } })

async function exported(as: Customer): Promise<{ id: string; document: Answer['body'] }> {
  const { status, body } = await shop.post('/me/exports', { as })
  assert.equal(status, 202)
  await shop.drain()
  const answer = await shop.get(`/me/exports/${body.id}`, { as })
  assert.equal(answer.status, 200)
  return { id: body.id, document: answer.body }
}

/** Zulaikha, with everything that a person can leave behind. */
async function zulaikha(): Promise<{ person: Person; invoices: readonly string[] }> {
  const person = shop.person('Zulaikha')
  telegram.addUser({ id: person.id, first_name: 'Zulaikha', username: 'zulaikha_p' })
  person.say('/start')
  await person.sees('Siapa nama')
  person.say('Zulaikha Pratiwi')
  await person.sees('WhatsApp')
  person.say('+6281299887766')
  await person.sees('email')
  person.say('zulaikha@contoh.id')
  await person.sees('Zulaikha Pratiwi')
  const product = await shop.goods(20_000, ['RAHASIA-1', 'RAHASIA-2', 'RAHASIA-3'])
  person.say(String(product))
  await person.press('checkout')
  await person.press(/^pay:qris/)
  await person.sees('Pembayaran QRIS')
  const { invoice_id: invoice } = await owner.db.one<{ invoice_id: string }>(
    sql`select invoice_id from orders where user_id = ${person.id}`,
  )
  shop.pakasir.pay(invoice)
  await person.sees('RAHASIA-1')
  await owner.db.run(sql`
    insert into support_messages (user_id, direction, body) values (${person.id}, 'to_admin', 'Zulaikha bertanya')`)
  const asked = await shop.get(`/orders/${invoice}/refund-quote`, { as: await signedIn(person.id) })
  assert.equal(asked.body.amount, '16000.00')
  return { person, invoices: [invoice] }
}

test('check 56: before the erasure the export has all of it, after it nobody finds the person any more', async () => {
  const { person, invoices } = await zulaikha()
  const boss = await shop.person('Boss').registered({ role: 'admin' })
  boss.say(`/info ${person.id}`)
  await boss.sees('zulaikha@contoh.id')
  await shop.drain()
  await shop.auditArrives()

  const token = await signedIn(person.id)
  const { document } = await exported(token)
  assert.deepEqual(
    document.orders.map(({ invoice }: { invoice: string }) => invoice),
    invoices,
  )
  assert.equal(document.orders[0].items[0].content, 'RAHASIA-1')
  assert.equal(document.support_messages[0].body, 'Zulaikha bertanya')
  assert.deepEqual([document.payments.length, document.profile.email], [1, 'zulaikha@contoh.id'])
  assert.ok(document.audit.some(({ entity_type: type }: { entity_type: string }) => type === 'orders'))
  assert.ok(!JSON.stringify(document).includes('qr_string":"'))

  person.say('/deleteaccount')
  await person.press(/^privacy:confirm/)
  await person.sees('Akun kamu sudah dihapus')
  await shop.drain()
  await shop.auditArrives()

  for (const trace of ['zulaikha', 'pratiwi', '6281299887766', 'contoh.id']) {
    assert.deepEqual(await tablesWith(owner.db, trace), [], trace)
    assert.deepEqual(await tablesWith(owner.audits, trace), [], trace)
  }
  assert.deepEqual(await tablesWith(owner.audits, String(person.id)), [])
  assert.deepEqual(await store.exports.list(), [])
  assert.equal((await proveAudit(store, systemCaller)).ok, true)
  const { kept } = await owner.db.one<{ kept: number }>(
    sql`select count(*)::int as kept from orders where user_id = ${person.id}`,
  )
  assert.equal(kept, 1)
  assert.equal((await shop.get('/me', { as: token })).status, 401)
})

test('what a modified client wrote, or named somebody in, keeps nobody from being erased; who is named in it is forgotten', async () => {
  const [eve, budi] = [await shop.person('Eve').registered(), await shop.person('Budi').registered()]
  const said = eve.say('/order')
  await eve.sees('Cara memesan')
  telegram.press(eve.id, said.message_id, '\0\ud800', { isStale: true })
  await shop.drain()
  const { pressed } = await owner.db.one<{ pressed: string }>(sql`
    select convert_from(body, 'UTF8')::jsonb #>> '{callback_query,data}' as pressed from niaga.inbox
      where source = 'telegram' and queue = ${String(eve.id)} order by id desc limit 1`)
  assert.equal(pressed, '\ufffd\ufffd')
  // Updates as they were stored before such characters were replaced; and one that only quotes the person's id.
  const old = (text: string, chat: object) => JSON.stringify({ text, chat })
  const bodies = [
    old('\0\ud800', { id: budi.id, type: 'private' }),
    old('\0\ud800', { id: eve.id }),
    old(JSON.stringify({ id: budi.id, type: 'private' }), { id: eve.id }),
  ]
  await owner.db.run(sql`
    insert into niaga.inbox (source, event_id, queue, body, status)
      select 'telegram', 'old-' || b.n, ${String(eve.id)}, convert_to(b.body, 'UTF8'), 'processed'
        from unnest(${bodies}::text[]) with ordinality b (body, n)`)
  assert.equal((await erase(await signedIn(budi.id))).status, 202)
  await shop.drain()
  const left = await owner.db.many(
    sql`select event_id from niaga.inbox where event_id like 'old-%' order by event_id`,
  )
  assert.deepEqual(left, [{ event_id: 'old-2' }, { event_id: 'old-3' }])
  const { status } = await owner.db.one<{ status: string }>(
    sql`select status from privacy_requests where user_id = ${budi.id}`,
  )
  assert.equal(status, 'done')
})

test('after an erasure only /start begins again, as somebody new; the old record stays nameless', async () => {
  const person = await shop.person('Sinta').registered()
  const token = await signedIn(person.id)
  assert.equal((await erase(token)).status, 202)
  person.say('halo')
  await person.sees('/start')
  const { erased_as: pseudonym } = await owner.db.one<{ erased_as: bigint }>(
    sql`select erased_as from users where id = ${person.id}`,
  )
  assert.ok(pseudonym < 0n)
  person.say('/start')
  await person.sees('Siapa nama')
  const row = await owner.db.one(sql`
    select name, account_balance, member_status, erased_at, erased_as from users where id = ${person.id}`)
  assert.deepEqual(row, {
    name: 'Sinta',
    account_balance: '0.00',
    member_status: 'customer',
    erased_at: null,
    erased_as: null,
  })
  await shop.auditArrives()
  const { old } = await store.audits.one<{ old: number }>(sql`
    select count(*)::int as old from audit_logs where subject_id = ${pseudonym}`)
  assert.ok(old > 0)
})

test('check 57: blocked while something is open and for admins; money is given up by saying so only', async () => {
  const product = await shop.product()
  const pending = await shop.customer()
  await shop.order(pending, product)
  assert.equal((await erase(pending)).body.code, 'erasure_blocked')
  assert.equal((await erase(admin)).body.code, 'erasure_blocked')
  const depositing = await shop.customer()
  assert.equal(
    (await shop.post('/deposits', { as: depositing, key: 'd', body: { amount: '20000' } })).status,
    201,
  )
  assert.equal((await erase(depositing)).body.code, 'erasure_blocked')
  const rich = await shop.customer({ balance: '5000' })
  const refused = await erase(rich)
  assert.deepEqual(
    [refused.status, refused.body.code, refused.body.balance],
    [409, 'balance_not_zero', '5000.00'],
  )
  assert.equal((await shop.post('/me/erasure', { as: rich, body: { confirm: 'hapus' } })).status, 422)
  assert.equal((await erase(rich, { forfeit_balance: true })).status, 202)
  const { forfeited } = await owner.db.one<{ forfeited: bigint }>(
    sql`select balance as forfeited from ledger.account_balance where name = 'forfeited'`,
  )
  assert.equal(forfeited, 500_000n)
  const request = await owner.db.one(sql`
    select status, forfeited_amount from privacy_requests where user_id = ${rich.id}`)
  assert.deepEqual(request, { status: 'done', forfeited_amount: '5000.00' })
  const other = await shop.customer()
  const path = `/admin/users/${other.id}/erasure`
  assert.equal((await shop.post(path, { as: other, body: { confirm: 'HAPUS' } })).status, 403)
  assert.equal((await shop.post(path, { as: admin, body: { confirm: 'HAPUS' } })).status, 202)
  assert.equal((await shop.post(path, { as: admin, body: { confirm: 'HAPUS' } })).body.code, 'user_not_found')
})

test('the button carries the balance that was shown: money that came after is asked about again', async () => {
  const person = await shop.person('Rina').registered({ balance: 1_000 })
  person.say('/deleteaccount')
  await person.sees('Saldo Rp 1.000 ikut hangus')
  await owner.db.run(sql`select ledger.post('t:more', 'opening', ${`user.${person.id}`}, 100000, 'opening')`)
  await person.press('privacy:confirm:1000.00')
  const question = await person.sees('Saldo Rp 2.000 ikut hangus')
  await person.press('privacy:cancel')
  await person.sees('tidak dihapus')
  telegram.press(person.id, question.message_id, 'privacy:confirm:2000.00', { isStale: true })
  await shop.drain()
  const { name } = await owner.db.one<{ name: string }>(sql`select name from users where id = ${person.id}`)
  assert.equal(name, 'Budi', 'a button that was cancelled erases nobody')
})

test('an export lasts a day, is its owner’s alone, and its file is for nobody else to read', async () => {
  const budi = await shop.customer()
  const { id } = await exported(budi)
  const file = store.exports.path(`${id}.json`)
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  const eve = await shop.customer({ name: 'Eve' })
  assert.equal((await shop.get(`/me/exports/${id}`, { as: eve })).body.code, 'not_found')
  assert.equal((await shop.get(`/me/exports/${id}`, { as: admin })).status, 200)
  const { there } = await owner.db.one<{ there: boolean }>(
    sql`select export_file ? 'bytes' as there from privacy_requests where id = ${id}`,
  )
  assert.ok(there)
  await shop.advance({ hours: 25 })
  const late = await shop.get(`/me/exports/${id}`, { as: await signedIn(budi.id) })
  assert.deepEqual([late.status, late.body.code], [410, 'export_expired'])
  await until(async () => !(await store.exports.list()).includes(`${id}.json`))
})

test('/mydata sends the document into the chat; asked for ten times at once it is made once', async () => {
  const person = await shop.person('Dewi').registered()
  person.say('/mydata')
  await person.sees('Semua data kamu')
  const budi = await shop.customer()
  const ids = await Promise.all(Array.from({ length: 10 }, () => shop.post('/me/exports', { as: budi })))
  const { open } = await owner.db.one<{ open: number }>(
    sql`select count(*)::int as open from privacy_requests where user_id = ${budi.id}`,
  )
  assert.ok(new Set(ids.map(({ body }) => body.id)).size === open && open <= 10)
  await shop.drain()
})

test('an export that is being made while its person is erased leaves no file and no message', async () => {
  const budi = await shop.customer()
  const { id } = await owner.db.one<{ id: bigint }>(sql`
    insert into privacy_requests (user_id, kind) values (${budi.id}, 'export') returning id`)
  const all = Array.from({ length: 4 }, () => buildExport(store, systemCaller, { id, toChat: true }))
  const [erasure] = await Promise.all([erase(budi), Promise.allSettled(all)])
  assert.equal(erasure.status, 202)
  await buildExport(store, systemCaller, { id, toChat: true })
  await shop.drain()
  assert.ok(!(await store.exports.list()).some((name) => name.startsWith(`${id}.`)))
  const { queued } = await owner.db.one<{ queued: number }>(
    sql`select count(*)::int as queued from telegram_outbox where chat_id = ${budi.id}`,
  )
  assert.equal(queued, 0)
})

test('an erasure against checkouts and deposits: either it is blocked, or they are refused; never both', async () => {
  const product = await shop.product({ stock: 20 })
  for (let round = 0; round < 6; round++) {
    const budi = await shop.customer()
    const [order, deposit, erasure] = await Promise.all([
      shop.order(budi, product),
      shop.post('/deposits', { as: budi, key: 'd', body: { amount: '20000' } }),
      erase(budi),
    ])
    const opened = [order, deposit].some(({ status }) => status < 300)
    assert.equal(erasure.status, opened ? 409 : 202, JSON.stringify([order.body, deposit.body, erasure.body]))
    const { open } = await owner.db.one<{ open: number }>(sql`
      select count(*)::int as open from payments p join users u on u.id = p.user_id
        where u.id = ${budi.id} and u.erased_at is not null and p.status in ('creating', 'awaiting')`)
    assert.equal(open, 0)
  }
})

test('money that comes after the erasure waits in suspense, and the record does not learn the id again', async () => {
  const budi = await shop.customer()
  const { body } = await shop.order(budi, await shop.product({ price: 30_000 }))
  assert.equal((await shop.post(`/orders/${body.invoice}/cancel`, { as: budi })).status, 200)
  assert.equal((await erase(budi)).status, 202)
  await shop.auditArrives()
  const { outcome } = await inTransaction(store.db, systemCaller, (tx) =>
    tx.one<{ outcome: string }>(sql`select settle_payment(${body.invoice}, 30000, null) as outcome`),
  )
  assert.equal(outcome, 'late')
  const { suspense } = await owner.db.one<{ suspense: bigint }>(
    sql`select balance as suspense from ledger.account_balance where name = 'suspense'`,
  )
  assert.equal(suspense, 3_000_000n)
  await shop.auditArrives()
  assert.deepEqual(await tablesWith(owner.audits, String(budi.id)), [])
  assert.equal((await proveAudit(store, systemCaller)).ok, true)
})

test('what was noted about somebody while they were erased, and commits behind it, forgets them too', async () => {
  const budi = await shop.customer()
  const [erasing, noting] = [await owner.db.pool.connect(), await owner.db.pool.connect()]
  try {
    // The erasure has its number first, the note is written before it is done: the relay brings the note later.
    await erasing.query('begin; select pg_current_xact_id()')
    await noting.query(
      `begin; select audit.emit('look', 'orders', '1', ${budi.id}, '{"user_id": ${budi.id}}')`,
    )
    await erasing.query(`select erase_user(${budi.id}, 0); commit`)
    await until(async () => {
      const { waits } = await store.db.one<{ waits: boolean }>(
        sql`select exists (select from graphile_worker._private_jobs where payload ->> 'behind' is not null) as waits`,
      )
      return waits
    })
    await noting.query('commit')
  } finally {
    for (const client of [erasing, noting]) {
      await client.query('rollback')
      client.release()
    }
  }
  await until(async () => {
    await shop.auditArrives()
    return (await tablesWith(owner.audits, String(budi.id))).length === 0
  })
  const { looks } = await store.audits.one<{ looks: number }>(sql`
    select count(*)::int as looks from audit_logs l where l.action = 'look' and l.subject_id < 0`)
  assert.equal(looks, 1)
  assert.equal((await proveAudit(store, systemCaller)).ok, true)
})

test('what is written about an erased person in the same moment is refused or nameless', async () => {
  const budi = await shop.customer()
  await Promise.all([
    erase(budi),
    ...Array.from({ length: 5 }, (_, n) =>
      shop.call('PATCH', '/me', { as: budi, body: { name: `Balapan ${n}` } }),
    ),
    ...Array.from({ length: 5 }, () =>
      owner.db
        .run(
          sql`insert into support_messages (user_id, direction, body) values (${budi.id}, 'to_admin', 'Balapan')`,
        )
        .catch(() => 0),
    ),
  ])
  const { name } = await owner.db.one<{ name: string }>(sql`select name from users where id = ${budi.id}`)
  assert.equal(name, 'Deleted user')
  const { words } = await owner.db.one<{ words: number }>(
    sql`select count(*)::int as words from support_messages where user_id = ${budi.id} and body <> ''`,
  )
  assert.equal(words, 0)
  await assert.rejects(owner.db.run(sql`update users set email = 'x@y.id' where id = ${budi.id}`))
  assert.equal((await store.kv.get(`rate:${userId(budi.id)}:cmd`)) ?? null, null)
})
