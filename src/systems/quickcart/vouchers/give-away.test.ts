import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from '../../../../test/calls.ts'
import { openShop } from '../../../../test/quickcart-shop.ts'
import { sql } from '../../../postgres/sql.ts'

const shop = await openShop()
const { store, telegram } = shop
const admin = await shop.customer({ role: 'admin', name: 'Admin' })

const says = ({ status, body }: Answer) => [status, body.code]

function giveAway(body: unknown, key: string = crypto.randomUUID()): Promise<Answer> {
  return shop.post('/admin/giveaways', { as: admin, key, body })
}

test('37: ten vouchers of 10,000 for thirty days, and everybody reachable reads all codes', async () => {
  const [budi, away] = [await shop.customer(), await shop.customer({ name: 'Jauh' })]
  await shop.owner.db.run(sql`update users set blocked_bot_at = now() where id = ${away.id}`)
  const given = await giveAway({ amount: '10000', count: 10 })
  assert.equal(given.status, 201)
  const codes: string[] = given.body.codes
  assert.equal(new Set(codes).size, 10)
  assert.ok(codes.every((code) => /^[A-Z0-9]{8}$/.test(code)))
  const vouchers = await store.db.many<{ code: string; amount: string; days: number }>(sql`
    select code, amount, round(extract(epoch from expires_at - created_at) / 86400)::integer as days from vouchers
      where code = any (${codes}) order by id`)
  assert.deepEqual(
    vouchers.map(({ amount, days }) => [amount, days]),
    codes.map(() => ['10000.00', 30]),
  )
  await shop.drain()
  for (const reader of [budi, admin]) {
    const text =
      telegram.chat(reader.id).messages.find((message) => message.text?.includes('Giveaway'))?.text ?? ''
    assert.deepEqual(text.match(/^[A-Z0-9]{8}$/gm), codes)
    assert.match(text, /10 voucher senilai Rp 10\.000/)
  }
  assert.equal(telegram.chat(away.id).messages.length, 0)
})

test('37: amounts and counts outside the range are refused, and nothing is made', async () => {
  const before = await shop.get('/admin/vouchers', { as: admin })
  const refused: [unknown, number, string][] = [
    [{ amount: '999', count: 10 }, 422, 'voucher_amount_range'],
    [{ amount: '1000001', count: 10 }, 422, 'voucher_amount_range'],
    [{ amount: '10000', count: 101 }, 422, 'voucher_count_range'],
    [{ amount: '10000', count: 0 }, 422, 'voucher_count_range'],
    [{ amount: '10000', count: -1 }, 422, 'voucher_count_range'],
    [{ amount: '10000', count: 3_000_000_000 }, 422, 'voucher_count_range'],
    [{ amount: '10000', count: -1e300 }, 422, 'voucher_count_range'],
    [{ amount: '10000.50', count: 1 }, 422, 'amount_not_whole'],
    [{ amount: 'NaN', count: 1 }, 422, 'validation_failed'],
    [{ amount: '10000', count: 1.5 }, 422, 'validation_failed'],
  ]
  for (const [body, status, code] of refused) assert.deepEqual(says(await giveAway(body)), [status, code])
  const after = await shop.get('/admin/vouchers', { as: admin })
  assert.deepEqual(after.body, before.body)
  const noKey = await shop.post('/admin/giveaways', { as: admin, body: { amount: '10000', count: 1 } })
  assert.equal(noKey.body.code, 'idempotency_key_required')
})

test('one key, eight requests at once: one giveaway, one broadcast', async () => {
  const { before } = await store.db.one<{ before: bigint }>(sql`select count(*) as before from vouchers`)
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => giveAway({ amount: '5000', count: 3 }, 'satu-kunci')),
  )
  assert.ok(answers.every(({ status }) => status === 201 || status === 409))
  const made = new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body.codes.join()))
  assert.equal(made.size, 1)
  const { now } = await store.db.one<{ now: bigint }>(sql`select count(*) as now from vouchers`)
  assert.equal(now - before, 3n)
  assert.deepEqual(says(await giveAway({ amount: '6000', count: 3 }, 'satu-kunci')), [
    409,
    'idempotency_conflict',
  ])
  await shop.drain()
})

test('one code, twenty hurried customers: one has it, the others are told', async () => {
  const [code] = (await giveAway({ amount: '10000', count: 1 })).body.codes
  const product = await shop.product({ stock: 25 })
  const people = []
  for (let n = 0; n < 20; n++) people.push(await shop.customer({ balance: '30000' }))
  const answers = await Promise.all(
    people.map((each) => shop.order(each, product, { method: 'account_balance', voucher: code })),
  )
  assert.equal(answers.filter(({ status }) => status === 201).length, 1)
  assert.equal(answers.filter(({ body }) => body.code === 'voucher_invalid').length, 19)
  const used = await shop.get('/admin/vouchers?state=used', { as: admin })
  const voucher = used.body.items.find((item: { code: string }) => item.code === code)
  const winner = answers.find(({ status }) => status === 201)?.body
  assert.deepEqual([voucher.state, voucher.invoice], ['used', winner.invoice])
  await shop.drain()
})

test('vouchers are listed by state and by pages, newest first, for admins only', async () => {
  const { codes } = (await giveAway({ amount: '2000', count: 3 })).body
  const budi = await shop.customer()
  const product = await shop.product()
  assert.equal((await shop.order(budi, product, { voucher: codes[0] })).status, 201)
  const reserved = await shop.get('/admin/vouchers?state=reserved', { as: admin })
  assert.deepEqual(
    reserved.body.items.map((item: { code: string }) => item.code),
    [codes[0]],
  )
  const first = await shop.get('/admin/vouchers?state=free&limit=1', { as: admin })
  const next = await shop.get(`/admin/vouchers?state=free&limit=1&cursor=${first.body.next_cursor}`, {
    as: admin,
  })
  assert.deepEqual([first.body.items[0].code, next.body.items[0].code], [codes[2], codes[1]])
  assert.deepEqual(says(await shop.get('/admin/vouchers', { as: budi })), [403, 'forbidden'])
  await shop.owner.db.run(sql`update vouchers set expires_at = ${shop.clock.now()} where not is_used`)
  const expired = await shop.get('/admin/vouchers?state=expired', { as: admin })
  assert.ok(expired.body.items.some((item: { code: string }) => item.code === codes[1]))
  assert.equal((await shop.get('/admin/vouchers?state=free', { as: admin })).body.items.length, 0)
})

test('only an admin makes vouchers, whatever the application asks of the database', async () => {
  const budi = await shop.customer()
  await assert.rejects(store.db.one(sql`select codes from give_away(${budi.id}, 10000, 1)`), {
    code: 'forbidden',
  })
  assert.deepEqual(
    says(await shop.post('/admin/giveaways', { as: budi, key: 'x', body: { amount: '10000', count: 1 } })),
    [403, 'forbidden'],
  )
})
