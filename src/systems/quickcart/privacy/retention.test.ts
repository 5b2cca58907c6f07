import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openChatShop } from '../../../../test/quickcart-chat.ts'
import type { Customer } from '../../../../test/quickcart-shop.ts'
import { until } from '../../../../test/until.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { sql } from '../../../postgres/sql.ts'
import { proveAudit } from '../shop/audit.ts'
import { reconcile } from '../shop/reconcile.ts'
import { retain } from './retention.ts'

const shop = await openChatShop()
const { store, owner } = shop

const admin = await shop.customer({ role: 'admin', name: 'Admin' })
const staff = await shop.person('Staf').registered({ role: 'admin' })

async function count(table: string): Promise<number> {
  const { n } = await owner.db.one<{ n: number }>(sql`select count(*)::int as n from ${sql.id(table)}`)
  return n
}

async function refunded(admin: Customer, buyer: Customer, invoice: string): Promise<void> {
  const { body } = await shop.post(`/orders/${invoice}/refund`, { as: buyer, key: 'r' })
  const { status } = await shop.post(`/admin/refunds/${body.id}/approve`, { as: admin, key: invoice })
  assert.equal(status, 200)
}

test('low stock: every product on sale that runs out is told once a day, all in one message', async () => {
  await shop.goods(1_000, ['A', 'B', 'C'])
  await shop.goods(1_000, ['A', 'B', 'C', 'D'])
  const empty = await shop.goods(1_000, [])
  await shop.advance({ hours: 1 })
  const told = await staff.sees('Stok menipis')
  assert.match(told.text ?? '', /habis/)
  assert.equal((told.text ?? '').split('\n').length, 3)
  await shop.advance({ hours: 1 })
  assert.equal(staff.heard('Stok menipis').length, 1)
  await shop.goods(1_000, ['A'])
  await shop.advance({ hours: 1 })
  await until(() => staff.heard('Stok menipis').length === 2)
  await shop.advance({ days: 1 })
  await until(() => staff.heard('Stok menipis').length >= 3)
  assert.match((await staff.sees('Stok menipis')).text ?? '', new RegExp(`${empty}\\.`))
})

test('velocity: a sixth paid order within an hour, large payments and a large day are told once, all that is new in one message', async () => {
  const busy = await shop.customer({ balance: '9000000' })
  const cheap = await shop.product({ price: 1_000, stock: 10 })
  const dear = await shop.product({ price: 1_700_000, stock: 10 })
  await owner.db.run(sql`delete from niaga.kv where key like 'rate:%'`)
  for (let n = 0; n < 6; n++) {
    await owner.db.run(sql`delete from niaga.kv where key like 'rate:%'`)
    assert.equal((await shop.order(busy, cheap, { method: 'account_balance' })).status, 201)
  }
  await shop.advance({ minutes: 6 })
  await staff.sees(/Banyak pesanan[\s\S]*: 6/)
  for (let n = 0; n < 3; n++) {
    await owner.db.run(sql`delete from niaga.kv where key like 'rate:%'`)
    const { body } = await shop.post('/auth/telegram', {
      body: { init_data: shop.telegram.initData(busy.id) },
    })
    const again = { id: busy.id, token: body.access_token }
    assert.equal((await shop.order(again, dear, { method: 'account_balance' })).status, 201)
  }
  await shop.advance({ minutes: 6 })
  await staff.sees(/dalam satu hari[\s\S]*5\.106\.000/)
  await shop.advance({ minutes: 6 })
  const large = staff.heard('Pembayaran besar').map(({ text }) => text ?? '')
  assert.equal(large.length, 1, large.join('\n\n'))
  assert.equal(large[0]?.match(/pembeli \d+: Rp 1\.700\.000/g)?.length, 3, large[0])
})

test('vouchers: unused ones go 30 days after they expired, pauses after a day; used ones stay', async () => {
  await owner.db.run(sql`
    insert into vouchers (code, amount, created_by, expires_at)
      select code, 1000, ${admin.id}, ${shop.clock.now()}::timestamptz + expires
      from (values ('LAMA0001', '-31 days'::interval), ('BARU0001', '-20 days'), ('DIPAKAI1', '1 day')) v (code, expires)`)
  const buyer = await shop.customer({ balance: '50000' })
  const product = await shop.product()
  assert.equal(
    (await shop.order(buyer, product, { method: 'account_balance', voucher: 'DIPAKAI1' })).status,
    201,
  )
  await shop.advance({ days: 2 })
  await until(async () => {
    const codes = await owner.db.many<{ code: string }>(sql`select code from vouchers order by code`)
    return codes.map(({ code }) => code).join() === 'BARU0001,DIPAKAI1'
  })
  await until(async () => (await count('voucher_usage_cooldown')) === 0)
})

test('check 58: a paid order stays for seven years and goes the day after, with all that belongs to it; the books stay', async () => {
  await owner.db.run(sql`delete from niaga.kv where key like 'rate:%'`)
  const product = await shop.product({ price: 50_000, stock: 4 })
  // Tokens of earlier days have ended.
  const boss = await shop.customer({ role: 'admin', name: 'Boss' })
  const [buyer, late, leaver] = [
    await shop.customer({ balance: '200000' }),
    await shop.customer(),
    await shop.customer({ balance: '50000' }),
  ]
  // The good of an order that was given up is sold with the next one.
  const given = await shop.order(late, product)
  await shop.post(`/orders/${given.body.invoice}/cancel`, { as: late })
  const paid = await shop.order(buyer, product, { method: 'account_balance', quantity: 2 })
  await shop.post(`/admin/orders/${paid.body.invoice}/claims`, { as: boss, body: { item: 1, note: 'x' } })
  await refunded(boss, buyer, paid.body.invoice)
  const deposit = await shop.post('/deposits', { as: late, key: 'd', body: { amount: '20000' } })
  shop.pakasir.pay(deposit.body.invoice)
  await shop.drain()
  await shop.order(leaver, product, { method: 'account_balance' })
  const gone = await shop.post('/me/erasure', { as: leaver, body: { confirm: 'HAPUS' } })
  assert.equal(gone.status, 202, JSON.stringify(gone.body))
  await owner.db.run(sql`
    insert into support_messages (user_id, direction, body, created_at)
      values (${buyer.id}, 'to_admin', 'halo', ${shop.clock.now()})`)
  const newest = await owner.db.one<{ at: Date }>(sql`
    select max(updated_at) as at from (
      select updated_at from orders union all select updated_at from payments union all
      select updated_at from refunds union all select updated_at from deposits) changed`)
  await assert.rejects(owner.db.run(sql`delete from orders where invoice_id = ${paid.body.invoice}`), {
    code: 'financial_record_retained',
  })
  const before = await bookkeeping()

  await to(newest.at, -1)
  await retain(store, systemCaller)
  assert.ok((await count('orders')) >= 3)
  assert.equal((await count('support_messages')) > 0, false, 'two years are over')

  await to(newest.at, 1)
  await retain(store, systemCaller)
  for (const table of ['orders', 'order_items', 'payments', 'deposits', 'refunds', 'warranty_claims']) {
    assert.equal(await count(table), 0, table)
  }
  const left = await owner.db.one(sql`
    select count(*) filter (where is_sold)::int as sold,
        (select count(*) from vouchers where is_used)::int as vouchers,
        (select count(*) from users where erased_at is not null)::int as erased from product_stocks`)
  assert.deepEqual(left, { sold: 0, vouchers: 0, erased: 0 })
  assert.deepEqual(await bookkeeping(), before)
  assert.deepEqual(await reconcile(store.db), [])

  await shop.auditArrives()
  const noted = await store.audits.many<{ context: Record<string, number> }>(sql`
    select context from audit_logs where action = 'retention' order by id`)
  assert.ok(noted.some(({ context }) => (context.order_items ?? 0) >= 2))
  const rows = await store.audits.one<{ deletions: number; leaver: number }>(sql`
    select count(*) filter (where action = 'delete' and entity_type in
          ('orders', 'order_items', 'product_stocks', 'payments', 'deposits', 'refunds', 'users'))::int as deletions,
        count(*) filter (where l::text like ${`%${leaver.id}%`})::int as leaver from audit_logs l`)
  assert.deepEqual(rows, { deletions: 0, leaver: 0 })
  assert.equal((await proveAudit(store, systemCaller)).ok, true)
  // Somebody who is gone for good begins like anybody else.
  const back = await shop.post('/auth/telegram', { body: { init_data: shop.telegram.initData(leaver.id) } })
  assert.deepEqual([back.status, back.body.user.account_balance], [200, '0.00'])
})

async function bookkeeping(): Promise<unknown> {
  return await owner.db.one(sql`
    select (select count(*) from ledger.transfer) as transfers,
      (select sum(balance) from ledger.account_balance where name = 'sales') as sales`)
}

/** The clock jumps to so many days after seven years from then; nothing that falls due is waited for. */
async function to(time: Date, days: number): Promise<void> {
  const due = new Date(time)
  due.setUTCFullYear(due.getUTCFullYear() + 7)
  const seconds = (due.getTime() - shop.clock.now().getTime()) / 1000 + days * 86_400
  await shop.advance({ seconds: Math.round(seconds) })
}
