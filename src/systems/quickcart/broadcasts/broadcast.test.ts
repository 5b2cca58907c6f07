import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from '../../../../test/calls.ts'
import { type Customer, openShop } from '../../../../test/quickcart-shop.ts'
import { until } from '../../../../test/until.ts'
import { sql } from '../../../postgres/sql.ts'

const shop = await openShop()
const { store, telegram, owner } = shop
const admin = await shop.customer({ role: 'admin', name: 'Admin' })

const says = ({ status, body }: Answer) => [status, body.code]

/** People with a chat that the bot may write to. */
async function crowd(count: number): Promise<Customer[]> {
  const people: Customer[] = []
  for (let n = 0; n < count; n++) people.push(await shop.customer({ name: `Orang ${n}` }))
  return people
}

async function draft(body: string): Promise<number> {
  const { status, body: answer } = await shop.post('/admin/broadcasts', { as: admin, body: { body } })
  assert.equal(status, 201)
  return answer.id
}

async function send(id: number): Promise<Answer> {
  return await shop.post(`/admin/broadcasts/${id}/send`, { as: admin })
}

async function counts(id: number): Promise<{ status: string; total: number; sent: number; failed: number }> {
  const { body } = await shop.get(`/admin/broadcasts/${id}`, { as: admin })
  return { status: body.status, total: body.total_count, sent: body.sent_count, failed: body.failed_count }
}

/** Time passes until the broadcast is decided. */
async function decided(id: number): Promise<void> {
  await until(async () => {
    await shop.advance({ seconds: 3 })
    const { open } = await store.db.one<{ open: boolean }>(sql`
      select status = 'sending' or exists (
          select from graphile_worker._private_jobs where key = ${`broadcast:${id}`}) as open
        from broadcasts where id = ${id}`)
    return !open
  })
}

async function isBlocked(id: number): Promise<boolean> {
  const { blocked } = await store.db.one<{ blocked: boolean }>(
    sql`select blocked_bot_at is not null as blocked from users where id = ${id}`,
  )
  return blocked
}

function heard(id: number, text: string): number {
  return telegram.chat(id).messages.filter((message) => message.text === text).length
}

async function everybodyIsAway(): Promise<void> {
  await owner.db.run(sql`update users set blocked_bot_at = now() where id <> ${admin.id}`)
}

test('a draft tells nobody; sent twice, everybody who may hear it hears it once, and the counts are exact', async () => {
  const [ani, beni, banned, erased, away, gone] = await crowd(6)
  assert.ok(ani && beni && banned && erased && away && gone)
  await owner.db.run(sql`update users set is_banned = true where id = ${banned.id}`)
  await owner.db.run(
    sql`update users set name = 'Deleted user', erased_at = now(), erased_as = -99 where id = ${erased.id}`,
  )
  await owner.db.run(sql`update users set blocked_bot_at = now() where id = ${away.id}`)
  // Nobody has noticed yet that this one blocked the bot.
  telegram.blockBot(gone.id)
  await until(() => isBlocked(gone.id))
  await owner.db.run(sql`update users set blocked_bot_at = null where id = ${gone.id}`)

  const text = 'Promo <b>besar</b> & "murah"'
  const id = await draft(text)
  await shop.drain()
  assert.equal(heard(ani.id, text), 0)
  const [first, second] = await Promise.all([send(id), send(id)])
  assert.deepEqual([first.status, second.status], [200, 200])
  await decided(id)
  assert.deepEqual(await counts(id), { status: 'done', total: 4, sent: 3, failed: 1 })
  assert.deepEqual(
    [ani, beni, admin, banned, erased, away].map(({ id: person }) => heard(person, text)),
    [1, 1, 1, 0, 0, 0],
  )
  assert.equal(await isBlocked(gone.id), true)
  assert.equal((await send(id)).body.status, 'done')
  assert.deepEqual(says(await shop.post(`/admin/broadcasts/${id}/cancel`, { as: admin })), [
    409,
    'broadcast_done',
  ])
})

test('46: a refused pace is waited out; the message comes once and counts once', async () => {
  await everybodyIsAway()
  const [ani] = await crowd(1)
  assert.ok(ani)
  telegram.fault({ kind: 'rate_limited', retryAfter: 3, method: 'sendMessage', chatId: ani.id })
  const id = await draft('pelan-pelan')
  await send(id)
  await until(async () => (await counts(id)).sent === 1)
  await shop.advance({ seconds: 4 })
  await decided(id)
  assert.equal(heard(ani.id, 'pelan-pelan'), 1)
  assert.deepEqual(await counts(id), { status: 'done', total: 2, sent: 2, failed: 0 })
})

test('what does not fit into a message is refused with its length; an empty text too', async () => {
  const long = await shop.post('/admin/broadcasts', { as: admin, body: { body: 'x'.repeat(4097) } })
  assert.deepEqual([...says(long), long.body.length, long.body.max], [422, 'message_too_long', 4097, 4096])
  assert.equal(
    (await shop.post('/admin/broadcasts', { as: admin, body: { body: 'x'.repeat(4096) } })).status,
    201,
  )
  for (const body of [{ body: '  ' }, { body: '' }, {}]) {
    assert.deepEqual(says(await shop.post('/admin/broadcasts', { as: admin, body })), [
      422,
      'validation_failed',
    ])
  }
})

test('a broadcast that was let out keeps its text, also against psql', async () => {
  const id = await draft('tetap')
  await assert.rejects(owner.db.run(sql`update broadcasts set body = 'lain' where id = ${id}`), {
    code: 'immutable_column',
  })
  await assert.rejects(owner.db.run(sql`update broadcasts set status = 'done' where id = ${id}`), {
    code: 'illegal_transition',
  })
})

test('a process that dies half way: the next one tells the rest, and nobody twice', async () => {
  await everybodyIsAway()
  const people = await crowd(7)
  const id = await draft('setengah jalan')
  // Two batches are out, the job that made them is gone with its process.
  await owner.db.run(sql`update broadcasts set status = 'sending' where id = ${id}`)
  const { last } = await store.db.one<{ last: bigint }>(sql`select fan_out_broadcast(${id}, 0, 3) as last`)
  await store.db.one(sql`select fan_out_broadcast(${id}, ${last}, 3)`)
  await shop.drain()
  // The sweep of the next minute misses the job.
  await shop.advance({ minutes: 1 })
  await decided(id)
  for (const { id: person } of people) assert.equal(heard(person, 'setengah jalan'), 1)
  assert.deepEqual(await counts(id), { status: 'done', total: 8, sent: 8, failed: 0 })
})

test('cancelled half way: what was sent is counted, nobody else hears it', async () => {
  await everybodyIsAway()
  const people = await crowd(45)
  const id = await draft('berhenti')
  await send(id)
  await until(async () => (await counts(id)).sent > 0)
  const cancelled = await shop.post(`/admin/broadcasts/${id}/cancel`, { as: admin })
  assert.equal(cancelled.body.status, 'cancelled')
  await decided(id)
  const reached = [admin, ...people].filter(({ id: person }) => heard(person, 'berhenti') > 0).length
  const end = await counts(id)
  assert.deepEqual([end.status, end.sent], ['cancelled', reached])
  assert.equal(end.failed, 0, 'being called back is no failure')
  assert.ok(end.sent < 46 && end.total <= 46, JSON.stringify(end))
  assert.equal((await shop.post(`/admin/broadcasts/${id}/cancel`, { as: admin })).status, 200)
  assert.deepEqual(says(await send(id)), [409, 'broadcast_cancelled'])
})

test('cancelled while the sender holds messages that it has not sent: they are neither sent nor failed', async () => {
  await everybodyIsAway()
  const people = await crowd(3)
  const id = await draft('ditahan')
  await owner.db.run(sql`update broadcasts set status = 'sending' where id = ${id}`)
  const cancelling = await owner.db.pool.connect()
  try {
    // The sender looks its reader up before it sends: it takes the rows, and waits there.
    await cancelling.query('begin; lock table users in access exclusive mode')
    await owner.db.run(sql`
      insert into telegram_outbox (chat_id, method, payload, ref_type, ref_id, priority)
        select person, 'sendMessage', ${sql.json({ kind: 'broadcast', broadcast: id })}::jsonb, 'broadcast', ${String(id)}, 9
          from unnest(${people.map(({ id: person }) => person)}::bigint[]) person`)
    const held = () =>
      owner.db.one<{ held: bigint }>(sql`
        select count(*) as held from telegram_outbox
          where ref_type = 'broadcast' and ref_id = ${String(id)} and status = 'sending'`)
    await until(async () => (await held()).held === 3n)
    await cancelling.query(`select cancel_broadcast(${id})`)
  } finally {
    await cancelling.query('commit')
    cancelling.release()
  }
  await decided(id)
  assert.deepEqual(await counts(id), { status: 'cancelled', total: 3, sent: 0, failed: 0 })
  assert.deepEqual(
    people.filter(({ id: person }) => heard(person, 'ditahan') > 0),
    [],
  )
})

test('fan-outs and a cancellation at once: either nobody more is told, or the cancellation came last', async () => {
  const id = await draft('serentak')
  await owner.db.run(sql`update broadcasts set status = 'sending' where id = ${id}`)
  await Promise.all([
    ...Array.from({ length: 6 }, () => store.db.one(sql`select fan_out_broadcast(${id}, 0, 1000)`)),
    shop.post(`/admin/broadcasts/${id}/cancel`, { as: admin }),
    ...Array.from({ length: 6 }, () => store.db.one(sql`select fan_out_broadcast(${id}, 0, 1000)`)),
  ])
  await decided(id)
  const { rows, doubled } = await store.db.one<{ rows: bigint; doubled: bigint }>(sql`
    select count(*) filter (where status = 'queued') as rows, count(*) - count(distinct chat_id) as doubled
      from telegram_outbox where ref_type = 'broadcast' and ref_id = ${String(id)}`)
  assert.deepEqual([rows, doubled], [0n, 0n])
  assert.equal((await counts(id)).status, 'cancelled')
})

test('an order overtakes a broadcast: the goods do not wait for the end of it', async () => {
  await everybodyIsAway()
  await crowd(60)
  const buyer = await shop.customer({ balance: '30000' })
  const product = await shop.product({ stock: 1 })
  const id = await draft('ramai')
  await send(id)
  await until(async () => (await counts(id)).sent > 0)
  assert.equal((await shop.order(buyer, product, { method: 'account_balance' })).status, 201)
  await telegram.waitFor(buyer.id, ({ messages }) =>
    messages.some(({ text }) => text?.includes(`KEY-${product}-1`)),
  )
  const { open } = await store.db.one<{ open: number }>(sql`select open from broadcast_counts(${id})`)
  assert.ok(open > 0, 'the broadcast was over before the order was placed')
  await shop.post(`/admin/broadcasts/${id}/cancel`, { as: admin })
  await shop.drain()
})

test('broadcasts are listed by pages, newest first, and are for admins', async () => {
  const ids = [await draft('satu'), await draft('dua'), await draft('tiga')]
  const first = await shop.get('/admin/broadcasts?status=draft&limit=2', { as: admin })
  const second = await shop.get(`/admin/broadcasts?status=draft&limit=2&cursor=${first.body.next_cursor}`, {
    as: admin,
  })
  const listed = [...first.body.items, ...second.body.items].map((item: { id: number }) => item.id)
  assert.deepEqual(listed.slice(0, 3), ids.toReversed())
  const budi = await shop.customer()
  for (const answer of [
    await shop.get('/admin/broadcasts', { as: budi }),
    await shop.post('/admin/broadcasts', { as: budi, body: { body: 'spam' } }),
    await shop.post(`/admin/broadcasts/${ids[0]}/send`, { as: budi }),
  ]) {
    assert.deepEqual(says(answer), [403, 'forbidden'])
  }
  assert.deepEqual(says(await shop.get('/admin/broadcasts/999999', { as: admin })), [
    404,
    'broadcast_not_found',
  ])
})
