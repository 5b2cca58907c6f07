import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../../../test/database.ts'
import type { Caller } from '../../../kernel/caller.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { storeDatabase } from '../databases.ts'
import { addProduct, addUser, awaitPayment, placeOrder, refusal } from './fixtures.ts'

const { db } = await testDatabase(storeDatabase)

interface Row {
  readonly action: string
  readonly entity_type: string
  readonly entity_id: string
  readonly actor_id: string | null
  readonly actor_type: string
  readonly subject_id: string | null
  readonly before_state: Readonly<Record<string, unknown>> | null
  readonly after_state: Readonly<Record<string, unknown>> | null
}

async function rowsOf(entityType: string, entityId: string): Promise<Row[]> {
  return await db.many<Row>(sql`
    select action, entity_type, entity_id, actor_id, actor_type, subject_id, before_state, after_state
      from audit.outbox where entity_type = ${entityType} and entity_id = ${entityId} order by xid, seq`)
}

test('check 50: a committed change leaves one row with before, after and actor; a rolled back one none', async () => {
  const user = await addUser(db)
  const admin: Caller = { type: 'admin', id: '7' }
  await assert.rejects(
    inTransaction(db, admin, async (tx) => {
      await tx.run(sql`update users set name = 'Ghost' where id = ${user}`)
      throw new Error('changed my mind')
    }),
  )
  await inTransaction(db, admin, (tx) => tx.run(sql`update users set name = 'Renamed' where id = ${user}`))
  const [created, updated, ...more] = await rowsOf('users', String(user))
  assert.equal(more.length, 0)
  assert.deepEqual([created?.action, created?.actor_type, created?.before_state], ['create', 'system', null])
  assert.deepEqual(
    [updated?.action, updated?.actor_id, updated?.actor_type, updated?.subject_id],
    ['update', '7', 'admin', String(user)],
  )
  assert.deepEqual([updated?.before_state?.name, updated?.after_state?.name], [`User ${user}`, 'Renamed'])
})

test('check 60: neither goods nor payable QR codes reach the audit', async () => {
  const product = await addProduct(db)
  await db.run(sql`select add_stock(${product}, array['SECRET-KEY-1'])`)
  const order = await placeOrder(db, { user: await addUser(db), items: [{ product, quantity: 1 }] })
  await awaitPayment(db, order.invoice_id)
  const leaks = await db.one(sql`
    select count(*) filter (where o::text like '%SECRET-KEY-1%') as goods,
        count(*) filter (where coalesce(before_state, after_state) ->> 'qr_string' is not null) as qr,
        count(*) filter (where after_state ->> 'content_sha256' = encode(sha256('SECRET-KEY-1'), 'hex')) as digests
      from audit.outbox o`)
  assert.deepEqual(leaks, { goods: 0n, qr: 0n, digests: 2n })
})

test('items, goods and payments of an order are about its owner', async () => {
  const product = await addProduct(db, { stock: 1 })
  const user = await addUser(db)
  const order = await placeOrder(db, { user, items: [{ product, quantity: 1 }] })
  await db.run(sql`select cancel_payment(${order.invoice_id}, 'owner')`)
  const about = await db.many<{ entity_type: string; subjects: readonly (string | null)[] }>(sql`
    select entity_type, array_agg(distinct subject_id) as subjects from audit.outbox
      where entity_type in ('orders', 'order_items', 'payments') and subject_id = ${String(user)}
        or (entity_type = 'product_stocks' and before_state ->> 'order_id' = ${String(order.id)})
      group by 1 order by 1`)
  assert.deepEqual(about, [
    { entity_type: 'order_items', subjects: [String(user)] },
    { entity_type: 'orders', subjects: [String(user)] },
    { entity_type: 'payments', subjects: [String(user)] },
    { entity_type: 'product_stocks', subjects: [String(user)] },
  ])
})

test('what happens to rows of an erased person later does not name them', async () => {
  const product = await addProduct(db, { stock: 1 })
  const user = await addUser(db)
  const order = await placeOrder(db, { user, items: [{ product, quantity: 1 }] })
  await db.run(sql`select cancel_payment(${order.invoice_id}, 'owner')`)
  const { seq } = await db.one<{ seq: bigint }>(sql`select max(seq) as seq from audit.outbox`)
  await db.run(sql`
    update users set name = 'Deleted user', erased_at = now(), erased_as = -77 where id = ${user}`)
  await db.run(sql`delete from order_items where order_id = ${order.id}`)
  await db.run(sql`update payments set last_error = 'none' where order_id = ${order.id}`)
  const rows = await db.many<{ subject_id: string | null; text: string }>(
    sql`select subject_id, o::text as text from audit.outbox o where seq > ${seq}`,
  )
  assert.deepEqual(
    rows.map((row) => row.subject_id),
    ['-77', '-77', '-77'],
  )
  for (const { text } of rows) assert.doesNotMatch(text, new RegExp(`${user}`))
  await db.run(sql`update users set name = 'Back', erased_at = null, erased_as = null where id = ${user}`)
  const back = (await rowsOf('users', String(user))).at(-1)
  assert.deepEqual([back?.before_state, back?.after_state?.name], [null, 'Back'])
})

test('every table of the list is audited; a change that the audit cannot take is no change', async () => {
  const { missing } = await db.one<{ missing: readonly string[] | null }>(sql`
    select array_agg(t) as missing from unnest(array['users', 'products', 'product_stocks', 'orders', 'order_items',
        'vouchers', 'voucher_usage_cooldown', 'deposits', 'payments', 'price_discounts', 'warranty_claims', 'refunds',
        'notification_groups', 'settings', 'privacy_requests', 'broadcasts']) t
      where not exists (select from pg_trigger g where g.tgrelid = t::regclass and g.tgname = 'audit_trigger')`)
  assert.equal(missing, null)
  const user = await addUser(db)
  const client = await db.pool.connect()
  try {
    await client.query('begin; alter table audit.outbox add constraint closed check (false) not valid')
    await assert.rejects(client.query('update users set name = $1 where id = $2', ['x', user]), {
      constraint: 'closed',
    })
  } finally {
    await client.query('rollback')
    client.release()
  }
  assert.equal(
    (await refusal(db.run(sql`update users set bank_id = 'abc' where id = ${user}`))).code,
    'users_bank_id_check',
  )
})
