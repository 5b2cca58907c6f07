import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openChatShop, type Person } from '../../../../test/quickcart-chat.ts'
import { sql } from '../../../postgres/sql.ts'
import { listTransactions } from '../accounts/transactions.ts'
import { userId } from '../accounts/user-id.ts'
import { categoryKey } from '../telegram/category-key.ts'

const shop = await openChatShop()
const { store } = shop

test('the history pages through orders, deposits, refunds, corrections and the opening, newest first', async () => {
  const budi = await customerWithHistory()
  const expected = await wholeHistory(budi)
  assert.equal(expected.length, 24)
  budi.say('akun')
  await budi.press('account:history:1')
  assert.deepEqual(await shownOn(budi, '1/3'), expected.slice(0, 10))
  const key = `pagination:${budi.id}:history`
  const standing = JSON.parse((await store.kv.get(key)) ?? '{}')
  assert.deepEqual(Object.keys(standing).toSorted(), ['items', 'page', 'total_pages'])
  assert.deepEqual([standing.page, standing.total_pages, standing.items.length], [1, 3, 10])
  const ttl = await store.kv.ttl(key)
  assert.ok(typeof ttl === 'number' && ttl > 0 && ttl <= 900)

  await budi.press('account:history:2')
  assert.deepEqual(await shownOn(budi, '2/3'), expected.slice(10, 20))
  await budi.press('account:history:3')
  assert.deepEqual(await shownOn(budi, '3/3'), expected.slice(20))
  await budi.press('account:history:2')
  assert.deepEqual(await shownOn(budi, '2/3'), expected.slice(10, 20))
  // Lost, or damaged, it changes nothing for who turns the pages.
  await store.kv.delete([key])
  await budi.press('account:history:3')
  assert.deepEqual(await shownOn(budi, '3/3'), expected.slice(20))
  await store.kv.set(key, '{"page":3}', 60)
  await budi.press('account:history:2')
  assert.deepEqual(await shownOn(budi, '2/3'), expected.slice(10, 20))
})

test('entries say in words what they were', async () => {
  const budi = await customerWithHistory()
  budi.say('akun')
  await budi.press('account:history:1')
  const text = (await budi.sees('halaman 1/3')).text ?? ''
  assert.match(text, /🛒 Pesanan TRX\S+\nRp 1\.000 · Kedaluwarsa\n\d+ \S+ \d{4} \d\d\.\d\d WIB/)
  assert.match(text, /💰 Isi saldo DEP\S+\nRp 10\.000 · Dibatalkan/)
  assert.match(text, /↩️ Refund #\d+\nRp 500 · Diajukan/)
  assert.match(text, /⚙️ Penyesuaian saldo\n\+Rp 700/)
})

test('who has done nothing yet is told so', async () => {
  const budi = await shop.person().registered()
  budi.say('akun')
  await budi.press('account:history:1')
  await budi.sees('Belum ada transaksi')
})

test('lists of products remember where one stands, and turn on without that too', async () => {
  const ids: number[] = []
  for (let n = 0; n < 25; n++) ids.push(await shop.goods(1_000, [], 'Halaman'))
  const hash = categoryKey('Halaman')
  const budi = await shop.person().registered()
  budi.say('LIST PRODUK')
  await budi.press(`cat:${hash}:1`)
  await budi.sees('halaman 1/3')
  const key = `pagination:${budi.id}:cat-${hash}`
  const standing = JSON.parse((await store.kv.get(key)) ?? '{}')
  assert.deepEqual(standing, { page: 1, total_pages: 3, items: ids.slice(0, 10) })
  const steps = [
    [2, ids.slice(10, 20)],
    [3, ids.slice(20)],
    [2, ids.slice(10, 20)],
    [1, ids.slice(0, 10)],
  ] as const
  for (const [page, shown] of steps) {
    await budi.press(`cat:${hash}:${page}`)
    await budi.sees(`halaman ${page}/3`)
    assert.deepEqual(JSON.parse((await store.kv.get(key)) ?? '{}').items, shown)
  }
  await store.kv.delete([key])
  await budi.press(`cat:${hash}:2`)
  assert.match((await budi.sees('halaman 2/3')).text ?? '', new RegExp(`\\n${ids[10]}\\. `))

  await budi.press('menu:main')
  await budi.press('menu:all')
  await budi.sees('Semua Produk')
  await budi.press('menu:main')
  await budi.press('menu:best')
  await budi.sees('Produk Terlaris')
  for (const context of ['all', 'best']) {
    assert.equal(JSON.parse((await store.kv.get(`pagination:${budi.id}:${context}`)) ?? '{}').page, 1)
  }
})

/** Many at the same moment, so that only the reference tells them apart. */
async function customerWithHistory(): Promise<Person> {
  const budi = await shop.person().registered({ balance: 5_000 })
  const admin = await shop.person('Admin').registered({ role: 'admin' })
  const { db } = shop.owner
  await db.run(sql`
    insert into orders (invoice_id, user_id, subtotal, total_bill, payment_method, status, created_at)
      select format('TRX20260101%s', lpad((${budi.id} % 1000 * 100 + n)::text, 6, '0')), ${budi.id}, 1000, 1000, 'qris',
          'expired', ${shop.clock.now()}::timestamptz - n / 4 * interval '1 hour'
        from generate_series(1, 15) n`)
  await db.run(sql`
    insert into deposits (invoice_id, user_id, amount, payment_fee, total_bill, status, created_at)
      select format('DEP20260101%s', lpad((${budi.id} % 1000 * 100 + n)::text, 6, '0')), ${budi.id}, 10000, 380, 10380,
          'cancelled', ${shop.clock.now()}::timestamptz - n / 2 * interval '1 hour'
        from generate_series(1, 6) n`)
  await db.run(sql`
    insert into refunds (order_id, user_id, base_amount, days_used, claims_count, multiplier, amount, formula, status)
      select id, ${budi.id}, 1000, 1, 0, 0.8, 500, '{}', 'requested' from orders
        where user_id = ${budi.id} order by id limit 1`)
  await db.run(
    sql`select ledger.post(${`adj:${admin.id}`}, 'adjustments', ${`user.${budi.id}`}, 70000, 'adj')`,
  )
  return budi
}

/** As the API lists it, two at a time. */
async function wholeHistory({ id }: Person): Promise<readonly string[]> {
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await listTransactions(store, userId(id), {
      limit: 2,
      ...(cursor === undefined ? {} : { cursor }),
    })
    seen.push(...page.items.map(({ kind, reference }) => nameOf(kind, reference)))
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined)
  return seen
}

function nameOf(kind: string, reference: string): string {
  if (kind === 'order' || kind === 'deposit') return reference
  return kind === 'refund' ? `#${reference.split(':')[1]}` : kind
}

async function shownOn(person: Person, pages: string): Promise<readonly string[]> {
  const { text = '' } = await person.sees(`halaman ${pages}`)
  return text
    .split('\n\n')
    .slice(1)
    .map((entry) => {
      const [title = ''] = entry.split('\n')
      const named = /((?:TRX|DEP)\w+|#\d+)$/.exec(title)?.[1]
      return named ?? (title.includes('Penyesuaian') ? 'adj' : 'opening')
    })
}
