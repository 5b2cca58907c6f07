import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from '../../../../test/calls.ts'
import { openChatShop } from '../../../../test/quickcart-chat.ts'
import type { Customer } from '../../../../test/quickcart-shop.ts'
import { until } from '../../../../test/until.ts'
import { isDomainError } from '../../../kernel/errors.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { banUser } from './ban-user.ts'
import { changeRole } from './change-role.ts'
import { userId } from './user-id.ts'

const ROOT = 309_999_999
const shop = await openChatShop({ environment: { ADMIN_USER_IDS: String(ROOT) } })
const { store, telegram, pakasir } = shop
const says = ({ status, body }: Answer) => [status, body.code]
const admin = await shop.customer({ role: 'admin', name: 'Admin' })
const asAdmin = { type: 'admin', id: String(admin.id) } as const

const balanceOf = async ({ id }: { id: number }): Promise<string> =>
  (await shop.get(`/admin/users/${id}`, { as: admin })).body.account_balance
const adjust = (who: { id: number }, body: object, key: string = crypto.randomUUID(), as: Customer = admin) =>
  shop.post(`/admin/users/${who.id}/balance`, { as, key, body: { reason: 'koreksi', ...body } })
const give = (role: string, { id }: { id: number }, as: Customer = admin) =>
  shop.call('PUT', `/admin/users/${id}/role`, { as, body: { role } })
const act = (word: 'ban' | 'unban', { id }: { id: number }) =>
  shop.post(`/admin/users/${id}/${word}`, { as: admin })

test('people are found by the beginning of a name, a handle or an id; by role; by ban; page by page', async () => {
  const people = []
  for (const name of ['Zulaikha', 'zulfikar', 'Zul_%']) people.push(await shop.customer({ name }))
  const [first, second, third] = people.map(({ id }) => String(id))
  await shop.owner.db.run(sql`update users set username = 'Toko_Zul', is_banned = true where id = ${first}`)
  await shop.owner.db.run(sql`update users set member_status = 'reseller' where id = ${second}`)
  const found = async (query: string) =>
    (await shop.get(`/admin/users?${query}`, { as: admin })).body.items.map(({ id }: { id: string }) => id)
  assert.deepEqual(await found('q=ZUL'), [first, second, third])
  assert.deepEqual(await found('q=zul_%25'), [third])
  assert.deepEqual(await found('q=@toko_'), [first])
  assert.deepEqual(await found(`q=${second}`), [second])
  assert.deepEqual(await found('q=zul&role=reseller'), [second])
  assert.deepEqual(await found('q=zul&banned=true'), [first])
  assert.deepEqual(await found('q=zul&banned=false'), [second, third])
  const page = await shop.get('/admin/users?q=zul&limit=2', { as: admin })
  assert.deepEqual(await found(`q=zul&cursor=${page.body.next_cursor}`), [third])
  assert.deepEqual(says(await shop.get('/admin/users/12345', { as: admin })), [404, 'user_not_found'])
})

test('a balance is added to once per key, set in either direction, and told to its owner', async () => {
  const budi = await shop.customer({ balance: '1000' })
  const key = 'k'.repeat(255)
  const body = { mode: 'add', amount: '5000' }
  const [once, again] = [await adjust(budi, body, key), await adjust(budi, body, key)]
  assert.deepEqual([once.body, again.body], [once.body, { id: String(budi.id), account_balance: '6000.00' }])
  const others = await shop.customer({ role: 'admin' })
  assert.equal((await adjust(budi, body, key, others)).body.account_balance, '6000.00')
  assert.deepEqual(says(await adjust(budi, { mode: 'add', amount: '5001' }, key)), [
    409,
    'idempotency_conflict',
  ])
  assert.equal((await adjust(budi, { mode: 'set', amount: '2500' })).body.account_balance, '2500.00')
  assert.equal((await adjust(budi, { mode: 'set', amount: '2500' })).body.account_balance, '2500.00')
  assert.equal(await balanceOf(budi), '2500.00')
  const history = await shop.get('/me/transactions', { as: budi })
  assert.deepEqual(
    history.body.items.map(({ kind, amount }: { kind: string; amount: string }) => [kind, amount]),
    [
      ['adj', '-3500.00'],
      ['adj', '5000.00'],
      ['opening', '1000.00'],
    ],
  )
  await telegram.waitFor(budi.id, ({ messages }) =>
    messages.some(({ text }) => /dikurangi Rp 3\.500[\s\S]*Rp 2\.500/.test(text ?? '')),
  )
})

test('a key that moved money before moves none after its answer was forgotten', async () => {
  const budi = await shop.customer()
  await adjust(budi, { mode: 'add', amount: '700' }, 'old-key')
  await store.db.run(sql`delete from niaga.idempotency where key = 'old-key'`)
  const refused = await adjust(budi, { mode: 'add', amount: '700' }, 'old-key')
  assert.deepEqual([says(refused), await balanceOf(budi)], [[409, 'idempotency_conflict'], '700.00'])
})

test('amounts that make no sense move nothing', async () => {
  const budi = await shop.customer()
  for (const [mode, amount, code] of [
    ['add', '0', 'amount_out_of_range'],
    ['add', '100000001', 'amount_out_of_range'],
    ['set', '9999999999999', 'amount_out_of_range'],
    ['add', '0.50', 'amount_not_whole'],
    ['add', '-5', 'validation_failed'],
  ]) {
    assert.deepEqual(says(await adjust(budi, { mode, amount })), [422, code], amount)
  }
  const nobody = await adjust({ id: 12_345 }, { mode: 'add', amount: '5' })
  assert.deepEqual([says(nobody), await balanceOf(budi)], [[404, 'user_not_found'], '0.00'])
})

test('a crowd that adds, sets and spends at once: no rupiah is lost, the balance never negative', async () => {
  const budi = await shop.customer({ balance: '20000' })
  const product = await shop.product({ price: 9_000, stock: 20 })
  const work = Array.from({ length: 12 }, (_, n) =>
    n % 3 === 0
      ? adjust(budi, { mode: 'add', amount: '1000' })
      : n % 3 === 1
        ? adjust(budi, { mode: 'set', amount: '5000' })
        : shop.order(budi, product, { method: 'account_balance' }),
  )
  for (const { status } of await Promise.all(work))
    assert.ok([200, 201, 409, 429].includes(status), `${status}`)
  const { moved, shown, lowest } = await store.db.one<{ moved: string; shown: string; lowest: bigint }>(sql`
    select (select sum(e.amount) / 100.0 from ledger.entry e where e.account = a.id)::numeric(15,2) as moved,
        u.account_balance as shown, (select min(e.balance) from ledger.entry e where e.account = a.id) as lowest
      from users u join ledger.account a on a.name = 'user.' || u.id where u.id = ${budi.id}`)
  assert.equal(moved, shown)
  assert.ok(lowest >= 0n)
})

test('a ban gives up the pending order and deposit, ends every session and freezes the balance', async () => {
  const budi = await shop.customer({ balance: '50000' })
  telegram.sendText(budi.id, '/order')
  const session = await shop.post('/auth/telegram', { body: { init_data: telegram.initData(budi.id) } })
  const product = await shop.product({ stock: 1 })
  const { body: order } = await shop.order(budi, product)
  const deposit = await inTransaction(store.db, asAdmin, (tx) =>
    tx.one<{ invoice: string }>(sql`select place_deposit(${budi.id}, 20000) ->> 'invoice_id' as invoice`),
  )
  const banned = await act('ban', budi)
  assert.deepEqual([banned.status, banned.body.is_banned], [200, true])

  assert.deepEqual(says(await shop.get('/me', { as: budi })), [403, 'banned'])
  const refresh = { refresh_token: session.body.refresh_token }
  assert.deepEqual(says(await shop.post('/auth/refresh', { body: refresh })), [401, 'unauthenticated'])
  const states = await store.db.one<object>(sql`
    select (select status from orders where invoice_id = ${order.invoice}) as order_status,
      (select status from deposits where invoice_id = ${deposit.invoice}) as deposit_status,
      (select count(*)::int from product_stocks where product_id = ${product} and order_id is null) as free`)
  assert.deepEqual(states, { order_status: 'cancelled', deposit_status: 'cancelled', free: 1 })
  assert.equal(pakasir.status(pakasir.get(order.invoice)), 'canceled')
  await shop.drain()
  telegram.sendText(budi.id, '/start')
  telegram.sendText(budi.id, '/stock')
  const heard = () =>
    telegram.chat(budi.id).messages.filter(({ text }) => text?.includes('diblokir dan tidak dapat'))
  await until(() => heard().length === 1)
  await shop.drain()
  assert.equal(heard().length, 1)

  await act('unban', budi)
  // The token of before the ban has not expired, but its session is over.
  assert.equal((await shop.get('/me', { as: budi })).status, 401)
  const back = await shop.post('/auth/telegram', { body: { init_data: telegram.initData(budi.id) } })
  assert.deepEqual([back.status, back.body.user.account_balance], [200, '50000.00'])
  telegram.sendText(budi.id, '/stock')
  await telegram.waitFor(budi.id, ({ messages }) => messages.at(-1)?.text?.includes('Stok'))
})

test('a ban that finds the order paid settles it; money that comes later is credited', async () => {
  const [paid, late] = [await shop.customer(), await shop.customer()]
  const product = await shop.product({ price: 30_000, stock: 2 })
  const [first, second] = [await shop.order(paid, product), await shop.order(late, product)]
  pakasir.pay(first.body.invoice, { webhook: { drop: true } })
  await act('ban', paid)
  const { status } = await store.db.one<{ status: string }>(
    sql`select status from orders where invoice_id = ${first.body.invoice}`,
  )
  assert.equal(status, 'paid')

  await act('ban', late)
  pakasir.pay(second.body.invoice, { force: true, webhook: { drop: true } })
  const asked = await shop.post(`/admin/payments/${second.body.invoice}/reconcile`, { as: admin })
  assert.deepEqual([asked.body.outcome, await balanceOf(late)], ['late', '30000.00'])
})

test('admins are not banned, and a banned person becomes none', async () => {
  const [other, budi] = [await shop.customer({ role: 'admin' }), await shop.customer()]
  assert.deepEqual(says(await act('ban', other)), [409, 'target_is_admin'])
  await act('ban', budi)
  assert.deepEqual(says(await give('admin', budi)), [409, 'target_is_banned'])
})

test('bans among checkouts: whoever is banned has nothing pending, and every good is free or sold', async () => {
  const product = await shop.product({ stock: 12 })
  const people = await Promise.all(Array.from({ length: 4 }, () => shop.customer({ balance: '30000' })))
  await Promise.all(
    people.flatMap((person) => [
      shop.order(person, product),
      banUser(store, asAdmin, userId(person.id)),
      shop.order(person, product, { method: 'account_balance' }),
    ]),
  )
  const { pending, stuck } = await store.db.one<{ pending: number; stuck: number }>(sql`
    select (select count(*) from orders where status = 'pending' and user_id = any (${people.map(({ id }) => id)}))::int
        as pending,
      (select count(*) from product_stocks where product_id = ${product} and order_id is not null and not is_sold)::int
        as stuck`)
  assert.deepEqual({ pending, stuck }, { pending: 0, stuck: 0 })
})

test('bans among payments: paid and delivered, or cancelled and credited, never both and never neither', async () => {
  const product = await shop.product({ price: 20_000, stock: 4 })
  const people = await Promise.all(Array.from({ length: 4 }, () => shop.customer()))
  const orders = await Promise.all(people.map((person) => shop.order(person, product)))
  await Promise.all(
    people.flatMap((person, n) => {
      const invoice: string = orders[n]?.body.invoice
      pakasir.pay(invoice)
      return [
        banUser(store, asAdmin, userId(person.id)),
        shop.post(`/admin/payments/${invoice}/reconcile`, { as: admin }),
      ]
    }),
  )
  const rows = await store.db.many<{ status: string; payment: string; balance: string; sold: number }>(sql`
    select o.status, p.status as payment, u.account_balance as balance,
        (select count(*) from product_stocks s where s.order_id = o.id and s.is_sold)::int as sold
      from orders o join payments p on p.order_id = o.id join users u on u.id = o.user_id
      where o.invoice_id = any (${orders.map(({ body }) => body.invoice)})`)
  for (const row of rows) {
    assert.deepEqual(
      row,
      row.status === 'paid'
        ? { status: 'paid', payment: 'completed', balance: '0.00', sold: 1 }
        : { status: 'cancelled', payment: 'late_completed', balance: '20000.00', sold: 0 },
    )
  }
})

test('check 39: a reseller pays the reseller price, and once demoted the customer price with the old token', async () => {
  const rina = await shop.customer({ balance: '50000' })
  const product = await shop.product({ price: 30_000 })
  await shop.call('PATCH', `/admin/products/${product}`, { as: admin, body: { reseller_price: '20000' } })
  assert.equal((await give('reseller', rina)).body.role, 'reseller')
  await telegram.waitFor(rina.id, ({ messages }) => messages.some(({ text }) => text?.includes('reseller')))
  const order = await shop.order(rina, product, { method: 'account_balance' })
  assert.equal(order.body.total, '20000.00')
  await give('customer', rina)
  const dearer = await shop.order(rina, product, { method: 'account_balance' })
  assert.equal(dearer.body.total, '30000.00')
})

test('roles change along their life cycle alone; the root admin stays', async () => {
  const [other, budi] = [await shop.customer({ role: 'admin' }), await shop.customer()]
  assert.deepEqual(says(await give('reseller', other)), [409, 'illegal_transition'])
  assert.deepEqual(says(await give('customer', { id: ROOT })), [409, 'root_admin'])
  assert.deepEqual(says(await give('reseller', { id: 1 })), [404, 'user_not_found'])
  assert.deepEqual(says(await give('owner', budi)), [422, 'validation_failed'])
  assert.equal((await give('admin', budi)).status, 200)
  assert.equal((await shop.get('/admin/stats', { as: budi })).status, 200)
  assert.equal((await give('customer', budi, budi)).status, 200)
  assert.deepEqual(says(await shop.get('/admin/stats', { as: budi })), [403, 'forbidden'])
})

test('two admins take the role from each other at the same moment: one stays', async () => {
  const [a, b] = [await shop.customer({ role: 'admin' }), await shop.customer({ role: 'admin' })]
  await shop.owner.db.run(sql`
    update users set member_status = 'customer' where member_status = 'admin' and id not in (${a.id}, ${b.id})`)
  const demote = (by: Customer, who: Customer) =>
    changeRole(store, { type: 'admin', id: String(by.id) }, { user: userId(who.id), to: 'customer' })
  for (let round = 0; round < 5; round++) {
    const results = await Promise.allSettled([demote(a, b), demote(b, a)])
    const refused = results.filter((result) => result.status === 'rejected')
    assert.equal(refused.length, 1)
    assert.ok(isDomainError(refused[0]?.reason, 'last_admin'))
    await shop.owner.db.run(sql`update users set member_status = 'admin' where id in (${a.id}, ${b.id})`)
  }
  await shop.owner.db.run(sql`update users set member_status = 'admin' where id = ${admin.id}`)
})
