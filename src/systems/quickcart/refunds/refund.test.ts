import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Customer, openShop } from '../../../../test/quickcart-shop.ts'
import { sql } from '../../../postgres/sql.ts'

const shop = await openShop()
const { store, owner } = shop

/** A paid order of that much, from the balance. */
async function paidOrder(price = 100_000): Promise<{ buyer: Customer; invoice: string }> {
  const buyer = await shop.customer({ balance: String(price) })
  const { body } = await shop.order(buyer, await shop.product({ price }), { method: 'account_balance' })
  assert.equal(body.status, 'paid')
  return { buyer, invoice: body.invoice }
}

async function claims(admin: Customer, invoice: string, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const { status } = await shop.post(`/admin/orders/${invoice}/claims`, {
      as: admin,
      body: { item: 1, note: 'akun mati' },
    })
    assert.equal(status, 201)
  }
}

/** Tokens live for minutes, refunds for weeks. */
async function signedIn({ id }: Customer): Promise<Customer> {
  const { body } = await shop.post('/auth/telegram', { body: { init_data: shop.telegram.initData(id) } })
  return { id, token: body.access_token }
}

async function balance(of: Customer): Promise<string> {
  return (await shop.get('/me', { as: of })).body.account_balance
}

const quote = async (as: Customer, invoice: string) =>
  shop.get(`/orders/${invoice}/refund-quote`, { as: await signedIn(as) })
const request = async (as: Customer, invoice: string, key: string = crypto.randomUUID()) =>
  shop.post(`/orders/${invoice}/refund`, { as: await signedIn(as), key })

test('check 59: 72000 after 3 days, 46666 after 10, 45000 with 3 claims on day 3, nothing on day 30', async () => {
  const admin = await shop.customer({ role: 'admin' })
  const [plain, claimed] = [await paidOrder(), await paidOrder()]
  await claims(admin, claimed.invoice, 3)
  await shop.advance({ days: 3 })
  const { body } = await quote(plain.buyer, plain.invoice)
  assert.deepEqual([body.days_used, body.claims, body.multiplier, body.amount], [3, 0, '0.80', '72000.00'])
  assert.equal((await quote(claimed.buyer, claimed.invoice)).body.amount, '45000.00')
  await shop.advance({ days: 7 })
  assert.equal((await quote(plain.buyer, plain.invoice)).body.amount, '46666.00')
  await shop.advance({ days: 20 })
  const late = await quote(plain.buyer, plain.invoice)
  assert.deepEqual([late.status, late.body.code], [409, 'refund_not_eligible'])
  assert.equal((await request(plain.buyer, plain.invoice)).body.code, 'refund_not_eligible')
})

test('the day before the period ends still counts, and every number of claims has its multiplier', async () => {
  const { terms } = await store.db.one<{ terms: readonly string[] }>(sql`
    select array_agg(t.multiplier || ' ' || t.amount order by c.used, c.claims) as terms
    from (values (0, 0), (6, 0), (7, 0), (29, 0), (30, 0), (0, 1), (0, 2), (0, 4)) c (used, claims),
      refund_terms(12345, c.used, c.claims, setting('refund_formula')) t`)
  assert.deepEqual(terms, [
    '0.80 9876',
    '0.60 7407',
    '0.60 7407',
    '0.40 4938',
    '0.80 7900',
    '0.70 6625',
    '0.70 288',
    '0.70 0',
  ])
})

test("somebody else's order is not found, an unpaid one and one that cost nothing are not refunded", async () => {
  const { invoice } = await paidOrder()
  const eve = await shop.customer({ name: 'Eve' })
  assert.equal((await quote(eve, invoice)).body.code, 'order_not_found')
  assert.equal((await request(eve, invoice)).status, 404)
  const pending = await shop.order(eve, await shop.product())
  assert.equal((await quote(eve, pending.body.invoice)).body.code, 'refund_not_eligible')
})

test('the voucher is not paid back', async () => {
  const admin = await shop.customer({ role: 'admin' })
  const buyer = await shop.customer({ balance: '100000' })
  await owner.db.run(sql`
    insert into vouchers (code, amount, created_by, expires_at)
      values ('REFUND10', 10000, ${admin.id}, now() + interval '90 days')`)
  const { body } = await shop.order(buyer, await shop.product({ price: 50_000 }), {
    method: 'account_balance',
    voucher: 'REFUND10',
  })
  const { body: quoted } = await quote(buyer, body.invoice)
  assert.deepEqual([quoted.base_amount, quoted.amount], ['40000.00', '32000.00'])
})

test('check 59: approved twice, by two admins and by a replayed request, the refund is credited once', async () => {
  const admins = await Promise.all(Array.from({ length: 2 }, () => shop.customer({ role: 'admin' })))
  const { buyer, invoice } = await paidOrder()
  const asked = await request(buyer, invoice)
  assert.deepEqual([asked.status, asked.body.status, asked.body.amount], [201, 'requested', '80000.00'])
  const approve = (as: Customer, key: string) =>
    shop.post(`/admin/refunds/${asked.body.id}/approve`, { as, key })
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, n) => {
      const admin = admins[n % 2]
      assert.ok(admin)
      return approve(admin, `key-${n}`)
    }),
  )
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(11).fill(409)])
  assert.ok(answers.every(({ status, body }) => status === 200 || body.code === 'refund_decided'))
  assert.equal(await balance(buyer), '80000.00')
  const winner = answers.findIndex(({ status }) => status === 200)
  const again = await approve(admins[winner % 2] as Customer, `key-${winner}`)
  assert.deepEqual([again.status, again.body.status], [200, 'paid'])
  assert.equal(await balance(buyer), '80000.00')
  assert.equal((await request(buyer, invoice)).body.code, 'refund_exists')
})

test('asked for twenty times at once, a refund is asked for once; the same key answers the same', async () => {
  const { buyer, invoice } = await paidOrder()
  const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => request(buyer, invoice, `k${n}`)))
  const made = answers.filter(({ status }) => status === 201)
  assert.equal(made.length, 1)
  assert.ok(answers.every(({ status, body }) => status === 201 || body.code === 'refund_exists'))
  const key = `k${answers.findIndex(({ status }) => status === 201)}`
  assert.equal((await request(buyer, invoice, key)).body.id, made[0]?.body.id)
})

test('an approval and a rejection at once: one of them happens', async () => {
  const admin = await shop.customer({ role: 'admin' })
  const { buyer, invoice } = await paidOrder()
  const { body } = await request(buyer, invoice)
  const [approved, rejected] = await Promise.all([
    shop.post(`/admin/refunds/${body.id}/approve`, { as: admin, key: 'a' }),
    shop.post(`/admin/refunds/${body.id}/reject`, { as: admin, body: { reason: 'barang dipakai' } }),
  ])
  assert.deepEqual([approved.status, rejected.status].sort(), [200, 409])
  assert.equal(await balance(buyer), approved.status === 200 ? '80000.00' : '0.00')
})

test('a rejected refund says why and may be asked for again; claims made since count', async () => {
  const admin = await shop.customer({ role: 'admin' })
  const { buyer, invoice } = await paidOrder()
  const { body } = await request(buyer, invoice)
  const unsaid = await shop.post(`/admin/refunds/${body.id}/reject`, { as: admin, body: { reason: '  ' } })
  assert.equal(unsaid.status, 422)
  const rejected = await shop.post(`/admin/refunds/${body.id}/reject`, {
    as: admin,
    body: { reason: 'kirim bukti dulu' },
  })
  assert.deepEqual([rejected.body.status, rejected.body.reason], ['rejected', 'kirim bukti dulu'])
  await claims(admin, invoice, 1)
  assert.equal((await request(buyer, invoice)).body.amount, '60000.00')
})

test('a changed formula changes no request that was made before', async () => {
  const admin = await shop.customer({ role: 'admin' })
  const { buyer, invoice } = await paidOrder()
  const { body } = await request(buyer, invoice)
  await owner.db.run(sql`
    insert into settings (key, value) values ('refund_formula', '{"days": 10, "multipliers": [0.5, 0.4, 0.3, 0.2, 0.1]}')
      on conflict (key) do update set value = excluded.value`)
  const later = await paidOrder()
  assert.equal((await quote(later.buyer, later.invoice)).body.amount, '50000.00')
  const approved = await shop.post(`/admin/refunds/${body.id}/approve`, { as: admin, key: 'x' })
  assert.equal(approved.body.amount, '80000.00')
  await owner.db.run(sql`delete from settings where key = 'refund_formula'`)
})

test('claims: only units of a paid order; refunds are listed for admins, page by page', async () => {
  const admin = await shop.customer({ role: 'admin' })
  const { buyer, invoice } = await paidOrder()
  const claim = (item: number, path = invoice) =>
    shop.post(`/admin/orders/${path}/claims`, { as: admin, body: { item } })
  assert.equal((await claim(2)).body.code, 'validation_failed')
  assert.equal((await claim(1, 'TRX20260101AAAAAA')).body.code, 'order_not_found')
  const pending = await shop.order(buyer, await shop.product())
  assert.equal((await claim(1, pending.body.invoice)).body.code, 'order_not_paid')
  assert.equal((await shop.get('/admin/refunds', { as: buyer })).status, 403)
  const first = await shop.get('/admin/refunds?status=requested&limit=1', { as: admin })
  const second = await shop.get(`/admin/refunds?status=requested&limit=1&cursor=${first.body.next_cursor}`, {
    as: admin,
  })
  assert.ok(Number(first.body.items[0].id) > Number(second.body.items[0].id))
  assert.equal(
    (await shop.post('/admin/refunds/999999/approve', { as: admin, key: 'none' })).body.code,
    'not_found',
  )
})
