/** The shop's whole day under the application's rights: nothing that it does is denied, in the night neither. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemCaller } from '../src/kernel/caller.ts'
import type { Log } from '../src/kernel/log.ts'
import { sql } from '../src/postgres/sql.ts'
import { inTransaction } from '../src/postgres/transaction.ts'
import { openShop } from './quickcart-shop.ts'
import { until } from './until.ts'

const denials: string[] = []
const note = (...words: unknown[]) => {
  const text = JSON.stringify(words)
  if (/permission denied|must be owner|row-level security/.test(text)) denials.push(text)
}
const log: Log = { debug: note, info: note, warn: note, error: note, child: () => log }
const shop = await openShop({ log })
const { store } = shop

test('by day: paid by QRIS and from the balance, cancelled, signed in, restocked, renumbered', async () => {
  const { role } = await store.db.one<{ role: string }>(sql`select current_user::text as role`)
  assert.equal(role, 'niaga_app')
  const admin = await shop.customer({ role: 'admin' })
  const budi = await shop.customer({ balance: '100000' })
  const product = await shop.product()
  const qris = await shop.order(budi, product, { key: 'once' })
  assert.equal((await shop.order(budi, product, { key: 'once' })).body.invoice, qris.body.invoice)
  shop.pakasir.pay(qris.body.invoice)
  await shop.drain()
  assert.equal((await shop.order(budi, product, { method: 'account_balance' })).body.status, 'paid')
  const { body } = await shop.order(budi, product)
  assert.equal((await shop.post(`/orders/${body.invoice}/cancel`, { as: budi })).status, 200)
  const renumbered = await shop.call('PATCH', `/admin/products/${product}`, {
    as: admin,
    body: { id: product + 5_000 },
  })
  assert.equal(renumbered.status, 200)
  const emptied = await shop.call('DELETE', `/admin/products/${product + 5_000}/stock`, { as: admin })
  assert.ok(emptied.status < 300, JSON.stringify(emptied.body))
  shop.telegram.addUser({ id: 310_000_001, first_name: 'Tamu' })
  const signedIn = await shop.post('/auth/telegram', {
    body: { init_data: shop.telegram.initData(310_000_001) },
  })
  const renewed = await shop.post('/auth/refresh', { body: { refresh_token: signedIn.body.refresh_token } })
  assert.equal(renewed.status, 200)
  const left = await shop.post('/auth/logout', { body: { refresh_token: renewed.body.refresh_token } })
  assert.ok(left.status < 300)
  await shop.auditArrives()
})

test('settings are changed, and every process hears of it', async () => {
  await inTransaction(store.db, systemCaller, (tx) => store.settings.set(tx, 'page_size', 7, null))
  await until(() => store.settings.get('page_size') === 7)
})

test('by night: every schedule runs, and no job meets a refusal', async () => {
  const schedules = async () =>
    await store.db.many<{ name: string; last_slot: Date }>(
      sql`select name, last_slot from niaga.cron order by name`,
    )
  const before = await schedules()
  assert.ok(before.length >= 4)
  await shop.advance({ days: 1 })
  await until(async () =>
    (await schedules()).every(({ last_slot }, i) => last_slot > (before[i]?.last_slot ?? last_slot)),
  )
  await shop.drain()
  const failed = await shop.owner.db.many<object>(sql`
    select last_error from graphile_worker._private_jobs where last_error is not null`)
  assert.deepEqual(failed, [])
  assert.deepEqual(denials, [])
})
