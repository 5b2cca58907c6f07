import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openShop } from '../../../../test/quickcart-shop.ts'
import { until } from '../../../../test/until.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { proveAudit } from './audit.ts'
import { differences, reconcile } from './reconcile.ts'

const shop = await openShop()
const { store, owner } = shop

interface Row {
  readonly actor_id: bigint | null
  readonly actor_type: string
  readonly action: string
  readonly before_state: { status?: string } | null
  readonly after_state: { status?: string } | null
}

test('check 50: a committed change is in db_audits once, with before, after and actor; a rolled-back one is not', async () => {
  const budi = await shop.customer({ balance: '30000' })
  const product = await shop.product({ price: 30_000 })
  const { body } = await shop.order(budi, product, { method: 'account_balance' })
  const poor = await shop.customer({ balance: '1' })
  await shop.order(poor, product, { method: 'account_balance' })
  await shop.auditArrives()

  const rows = await auditOf(budi.id, 'orders')
  assert.deepEqual(
    rows.map(({ action, before_state, after_state }) => [action, before_state?.status, after_state?.status]),
    [
      ['create', undefined, 'pending'],
      ['update', 'pending', 'paid'],
      ['payment_completed', undefined, undefined],
    ],
  )
  assert.ok(rows.every(({ actor_id, actor_type }) => actor_id === BigInt(budi.id) && actor_type === 'user'))
  assert.equal(body.status, 'paid')
  assert.deepEqual(await auditOf(poor.id, 'orders'), [])
})

test('an admin reads the trail and proves it over HTTP', async () => {
  const admin = await shop.customer({ role: 'admin' })
  const budi = await shop.customer()
  await shop.call('PATCH', '/me', { as: budi, body: { name: 'Budi Baru' } })
  await shop.auditArrives()
  const path = `/admin/audit?entity_type=users&entity_id=${budi.id}&action=update`
  const { body } = await shop.get(path, { as: admin })
  assert.deepEqual(
    [body.items[0].before_state.name, body.items[0].after_state.name, body.items[0].actor_id],
    ['Budi', 'Budi Baru', String(budi.id)],
  )
  const proof = await shop.post('/admin/audit/verify', { as: admin })
  assert.equal(proof.body.ok, true)
  assert.ok(Number(proof.body.checked) > 0)
})

test('check 51: a relay that dies between its two commits repeats nothing', async () => {
  const budi = await shop.customer()
  await shop.auditArrives()
  const before = await auditRows()
  // Its commit here is refused, after the one over there: what such a death leaves behind.
  await owner.db.run(sql`
    create function public.dies() returns trigger language plpgsql as 'begin raise exception ''died''; end'`)
  await owner.db.run(sql`
    create trigger dies before insert on audit_anchors for each statement execute function public.dies()`)
  await owner.db.run(sql`update users set name = 'Sekali' where id = ${budi.id}`)
  await until(async () => (await auditRows()) > before)
  const { waiting } = await store.db.one<{ waiting: number }>(
    sql`select count(*)::int as waiting from audit.outbox`,
  )
  assert.ok(waiting > 0, 'the outbox still holds what db_audits has')
  await owner.db.run(sql`drop trigger dies on audit_anchors`)
  await shop.auditArrives()
  const names = (await auditOf(budi.id, 'users')).filter(({ action }) => action === 'update')
  assert.equal(names.length, 1)
  assert.equal((await proveAudit(store, systemCaller)).ok, true)
})

test('check 60: goods are in no log of the audit, no session, no outgoing message and no other answer', async () => {
  const [budi, eve] = [await shop.customer(), await shop.customer({ name: 'Eve' })]
  const product = await shop.product({ stock: 1 })
  const goods = `KEY-${product}-1`
  const { body } = await shop.order(budi, product)
  assert.ok(!JSON.stringify(body).includes(goods), 'not before it is paid')
  shop.pakasir.pay(body.invoice)
  await shop.drain()
  await shop.auditArrives()
  const own = await shop.get(`/orders/${body.invoice}`, { as: budi })
  assert.deepEqual(own.body.items[0].contents, [goods])

  const pattern = `%${goods}%`
  const inShop = await store.db.one<{ n: number }>(sql`
    select ((select count(*) from telegram_outbox t where t::text like ${pattern})
      + (select count(*) from niaga.kv k where k::text like ${pattern})
      + (select count(*) from niaga.inbox i where convert_from(i.body, 'UTF8') like ${pattern})
      + (select count(*) from niaga.idempotency i where i::text like ${pattern})
      + (select count(*) from graphile_worker._private_jobs j where j::text like ${pattern})
      + (select count(*) from audit.outbox o where o::text like ${pattern}))::int as n`)
  const inAudit = await store.audits.one<{ n: number }>(
    sql`select count(*)::int as n from audit_logs l where l::text like ${pattern}`,
  )
  assert.deepEqual([inShop.n, inAudit.n], [0, 0])
  for (const path of ['/orders', '/products', `/orders/${body.invoice}`, `/products/${product}`]) {
    const answer = await shop.get(path, { as: eve })
    assert.ok(!JSON.stringify(answer.body).includes(goods), path)
  }
})

test('check 61: orders, payments, goods and balances agree with the ledger, which sums to nothing', async () => {
  await shop.drain()
  assert.deepEqual(await reconcile(store.db), [])
  const { total } = await store.db.one<{ total: bigint }>(sql`
    select (coalesce((select sum(balance * normal) from ledger.account), 0)
      + coalesce((select sum(s.balance * a.normal) from ledger.stripe s join ledger.account a on a.id = s.account), 0))::bigint
      as total`)
  assert.equal(total, 0n)
})

test('a paid order without its money, and a balance that differs, are named', async () => {
  const budi = await shop.customer()
  await assert.rejects(
    inTransaction(owner.db, systemCaller, async (tx) => {
      await tx.run(sql`set local session_replication_role = replica`)
      await tx.run(sql`update users set account_balance = 7 where id = ${budi.id}`)
      await tx.run(sql`
        insert into orders (invoice_id, user_id, subtotal, total_bill, payment_method, status)
          values ('TRX20260101ZZZZZZ', ${budi.id}, 100, 100, 'account_balance', 'paid')`)
      const found = await differences(tx)
      assert.deepEqual(
        found.map(({ problem, subject }) => [problem, subject.replace(/^orders \d+$/, 'orders')]),
        [
          ['order_not_booked', 'orders'],
          ['projection differs', `user.${budi.id}`],
        ],
      )
      throw new Error('undo')
    }),
    /undo/,
  )
})

// Last, because a hundred orders are more news than a chat takes in the time of a test.
test('check 52: a hundred orders while db_audits is away all succeed, and their rows arrive in order afterwards', async () => {
  const product = await shop.product({ price: 1_000, stock: 100 })
  const buyers = await Promise.all(Array.from({ length: 20 }, () => shop.customer({ balance: '5000' })))
  await withAuditsAway(async () => {
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all(
        buyers.map((buyer) => shop.order(buyer, product, { method: 'account_balance' })),
      )
      assert.ok(answers.every(({ status }) => status === 201))
    }
    const health = await shop.get('/health')
    assert.deepEqual(
      [health.status, health.body.status, health.body.services.audit_database],
      [200, 'degraded', 'down'],
    )
  })
  await shop.auditArrives()
  const { created, paid, disordered } = await store.audits.one<{
    created: number
    paid: number
    disordered: number
  }>(sql`
    with orders as (
      select id, entity_id, after_state ->> 'status' as status from audit_logs
        where entity_type = 'orders' and (after_state ->> 'subtotal')::numeric = 1000)
    select (select count(*) from orders where status = 'pending')::int as created,
      (select count(*) from orders where status = 'paid')::int as paid,
      (select count(*) from orders a join orders b on b.entity_id = a.entity_id
        where a.status = 'paid' and b.status = 'pending' and a.id < b.id)::int as disordered`)
  assert.deepEqual([created, paid, disordered], [100, 100, 0])
  assert.equal((await proveAudit(store, systemCaller)).ok, true)
})

async function auditOf(subject: number, entityType: string): Promise<Row[]> {
  return await store.audits.many<Row>(sql`
    select actor_id, actor_type, action, before_state, after_state from audit_logs
      where subject_id = ${subject} and entity_type = ${entityType} order by id`)
}

async function auditRows(): Promise<number> {
  return (await store.audits.one<{ n: number }>(sql`select count(*)::int as n from audit_logs`)).n
}

/** Nobody gets in, and who was in is thrown out. */
async function withAuditsAway(work: () => Promise<void>): Promise<void> {
  const name = store.audits.serverName
  await owner.db.run(sql`alter database ${sql.id(name)} allow_connections false`)
  await owner.db.run(sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`)
  try {
    await work()
  } finally {
    await owner.db.run(sql`alter database ${sql.id(name)} allow_connections true`)
  }
}
