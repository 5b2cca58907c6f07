import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startMongoResponder } from '../../../../test/mongo.ts'
import { until } from '../../../../test/until.ts'
import { openUserstate } from '../../../../test/userstate.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { type Collection, type DocumentLogs, keyOf, type LogEntry } from './document-logs.ts'
import { maskedJson } from './masked.ts'
import { mongoLogs } from './mongo-logs.ts'
import { postgresLogs } from './postgres-logs.ts'
import { noteLog } from './write-log.ts'

const mongo = await startMongoResponder()
/** A real one, where somebody has it: the same tests run against it too, in a database that is theirs to fill. */
const realMongo = process.env.NIAGA_TEST_MONGO_URL
const wallet = await openUserstate({ environment: { MONGO_DB: mongo.url } })
after(() => mongo.stop())

const stores: [string, DocumentLogs][] = [
  ['PostgreSQL', postgresLogs(wallet.store.db)],
  ['the MongoDB driver', mongoLogs(mongo.url)],
  ...(realMongo ? [['MongoDB', mongoLogs(realMongo)] satisfies [string, DocumentLogs]] : []),
]
after(() => Promise.all(stores.map(([, store]) => store.close())))

const at = new Date('2026-03-01T03:00:00.000Z')
const CHECKOUTS = 'xendit_checkout_logs'
let last = 0

function entry(overrides: Partial<LogEntry> = {}): LogEntry {
  last += 1
  return {
    id: `inv_${last}`,
    createdAt: at,
    platform: 'web',
    status: 'PENDING',
    amount: 50_000,
    data: '{}',
    ...overrides,
  }
}

/** Every store begins without documents. */
async function empty(store: DocumentLogs): Promise<void> {
  for (const collection of [CHECKOUTS, 'xendit_payout_logs'] as const) {
    await store.clean(collection, new Date('2100-01-01'))
  }
}

for (const [name, store] of stores) {
  test(`check 54: ${name}: PAID since a date, sums per status, cleaning`, async () => {
    await empty(store)
    const days = (count: number) => new Date(at.getTime() - count * 86_400_000)
    const paid = { status: 'PAID', amount: 100_000 }
    const entries = [
      entry({ ...paid, createdAt: days(91) }),
      entry({ ...paid, createdAt: days(90) }),
      entry({ ...paid, createdAt: days(1) }),
      entry({ status: 'EXPIRED', createdAt: days(2) }),
      entry(),
    ]
    for (const each of entries) await store.write(CHECKOUTS, each, at)
    const found = await store.find(CHECKOUTS, { status: 'PAID', since: days(90), limit: 10 })
    assert.deepEqual(
      found.map(({ id }) => id),
      [entries[2]?.id, entries[1]?.id],
    )
    assert.deepEqual(found[0], {
      ...entries[2],
      key: keyOf(CHECKOUTS, entries[2]?.id ?? ''),
      loggedAt: at,
      updatedAt: at,
    })
    assert.deepEqual(await store.stats(CHECKOUTS), [
      { status: 'EXPIRED', count: 1, total: 50_000 },
      { status: 'PAID', count: 3, total: 300_000 },
      { status: 'PENDING', count: 1, total: 50_000 },
    ])
    assert.equal(await store.clean(CHECKOUTS, days(90)), 1)
    assert.equal((await store.find(CHECKOUTS, { limit: 10 })).length, 4)
    assert.deepEqual((await store.find(CHECKOUTS, { id: entries[4]?.id ?? '', limit: 10 })).length, 1)
    assert.deepEqual(await store.find('xendit_payout_logs', { limit: 10 }), [])
  })

  test(`${name}: a document keeps its first log time; a late event leaves it as it is`, async () => {
    await empty(store)
    const later = new Date(at.getTime() + 60_000)
    const walk = async (collection: Collection, statuses: readonly string[]) => {
      const one = entry()
      for (const status of statuses)
        await store.write(collection, { ...one, status, data: `{"s":"${status}"}` }, at)
      const [found] = await store.find(collection, { id: one.id, limit: 2 })
      assert.equal(found?.data, `{"s":"${found?.status}"}`)
      return found?.status
    }
    assert.equal(
      await walk(CHECKOUTS, ['PENDING', 'EXPIRED', 'PAID', 'EXPIRED', 'PENDING', 'FAILED']),
      'PAID',
    )
    assert.equal(await walk(CHECKOUTS, ['PAID', 'PENDING']), 'PAID')
    const payouts = 'xendit_payout_logs'
    assert.equal(
      await walk(payouts, ['PENDING', 'PROCESSING', 'PENDING', 'COMPLETED', 'PROCESSING']),
      'COMPLETED',
    )
    assert.equal(await walk(payouts, ['COMPLETED', 'FAILED', 'COMPLETED']), 'FAILED')
    assert.equal(await walk(payouts, ['CANCELLED', 'FAILED']), 'CANCELLED')
    const one = entry({ estimatedArrivalTime: later })
    await store.write(payouts, one, at)
    await store.write(payouts, { ...one, status: 'PROCESSING' }, later)
    const [found] = await store.find(payouts, { id: one.id, limit: 1 })
    assert.deepEqual([found?.loggedAt, found?.updatedAt, found?.estimatedArrivalTime], [at, later, later])
  })

  test(`${name}: twenty writers of one object leave one document, with the furthest status`, async () => {
    await empty(store)
    const one = entry()
    const statuses = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 'PENDING' : 'PAID'))
    await Promise.all(statuses.map((status) => store.write(CHECKOUTS, { ...one, status }, at)))
    const found = await store.find(CHECKOUTS, { limit: 10 })
    assert.deepEqual(
      found.map(({ status }) => status),
      ['PAID'],
    )
  })

  test(`${name}: pages over equal instants lose and repeat nothing`, async () => {
    await empty(store)
    for (let i = 0; i < 25; i += 1) await store.write(CHECKOUTS, entry(), at)
    const seen: string[] = []
    for (let after: { createdAt: Date; key: string } | undefined, more = true; more; ) {
      const page = await store.find(CHECKOUTS, { limit: 10, ...(after ? { after } : {}) })
      seen.push(...page.map(({ id }) => id))
      after = page.at(-1)
      more = page.length === 10
    }
    assert.equal(seen.length, 25)
    assert.equal(new Set(seen).size, 25)
  })
}

test('the documented indexes, under the names that the printed calls give them', () => {
  const single = ['id_1', 'status_1', 'created_at_-1']
  assert.deepEqual([...(mongo.indexes.get(CHECKOUTS) ?? [])], [...single, 'status_1_created_at_-1'])
  assert.deepEqual([...(mongo.indexes.get('xendit_payout_logs') ?? [])], single)
})

test('check 54: MongoDB stopped: what commits is told later, once it is back', async () => {
  const logs = wallet.store.logs
  await empty(logs)
  await mongo.stop()
  const one = entry()
  await inTransaction(wallet.store.db, systemCaller, (tx) =>
    noteLog(tx, wallet.store, CHECKOUTS, {
      ...one,
      platform: 'ios',
      payload: { id: one.id, payer_email: 'siti@example.com' },
    }),
  )
  const failed = () =>
    wallet.store.db.one<{ failed: boolean }>(sql`
      select exists (select from graphile_worker._private_jobs where last_error is not null) as failed`)
  await until(async () => (await failed()).failed)
  assert.equal((await wallet.get('/health-of-nothing')).status, 404, 'the system answers meanwhile')
  await mongo.start()
  await wallet.advance({ hours: 1 })
  await until(async () => (await logs.find(CHECKOUTS, { limit: 2 })).length === 1)
  const [found] = await logs.find(CHECKOUTS, { limit: 2 })
  assert.deepEqual(
    [found?.id, found?.platform, found?.data],
    [one.id, 'ios', `{"id":"${one.id}","payer_email":"***"}`],
  )
})

test('a transaction that is rolled back tells nothing', async () => {
  await empty(wallet.store.logs)
  const undone = inTransaction(wallet.store.db, systemCaller, async (tx) => {
    await noteLog(tx, wallet.store, CHECKOUTS, { ...entry(), payload: {} })
    throw new Error('undone')
  })
  await assert.rejects(undone, /undone/)
  await wallet.drain()
  assert.deepEqual(await wallet.store.logs.find(CHECKOUTS, { limit: 1 }), [])
})

test('support reads logs and sums; a user does not', async () => {
  const { logs } = wallet.store
  await empty(logs)
  for (let i = 0; i < 3; i += 1) await logs.write(CHECKOUTS, entry({ status: 'PAID' }), at)
  const as = await wallet.person({ roles: ['support'] })
  const first = await wallet.get('/admin/logs/checkouts?limit=2&status=PAID&since=2026-01-01T00:00:00Z', {
    as,
  })
  assert.equal(first.status, 200)
  assert.equal(first.body.items.length, 2)
  assert.deepEqual(Object.keys(first.body.items[0]).sort(), [
    'amount',
    'createdAt',
    'created_at',
    'data',
    'id',
    'platform',
    'status',
    'updatedAt',
  ])
  const next = await wallet.get(`/admin/logs/checkouts?limit=2&cursor=${first.body.next_cursor}`, { as })
  assert.deepEqual([next.body.items.length, next.body.next_cursor], [1, null])
  const stats = await wallet.get('/admin/logs/checkouts/stats', { as })
  assert.deepEqual(stats.body, [{ status: 'PAID', count: 3, total: 150_000 }])
  const bad = Buffer.from(JSON.stringify([9e15, 'x'])).toString('base64url')
  assert.equal((await wallet.get(`/admin/logs/checkouts?cursor=${bad}`, { as })).status, 400)
  for (const path of ['/admin/logs/payouts', '/admin/logs/payouts/stats']) {
    assert.equal((await wallet.get(path, { as: await wallet.person() })).status, 403)
    assert.equal((await wallet.get(path, { as })).status, 200)
  }
})

test('documents older than 90 days go at night', async () => {
  const { logs, clock } = wallet.store
  await empty(logs)
  const days = (count: number) => new Date(clock.now().getTime() - count * 86_400_000)
  const kept = entry({ createdAt: days(80) })
  await logs.write(CHECKOUTS, kept, at)
  await logs.write('xendit_payout_logs', entry({ createdAt: days(95) }), at)
  await logs.write(CHECKOUTS, entry({ createdAt: days(95) }), at)
  await wallet.advance({ days: 1 })
  await until(async () => (await logs.find('xendit_payout_logs', { limit: 2 })).length === 0)
  await until(async () => (await logs.find(CHECKOUTS, { limit: 2 })).length === 1)
  assert.equal((await logs.find(CHECKOUTS, { limit: 2 }))[0]?.id, kept.id)
})

test('what tells who a person is does not get into a document', () => {
  const payload = {
    id: 'disb-1',
    channel_properties: { account_number: '1234567890', account_holder_name: 'Siti' },
    receipt_notification: { email_to: ['siti@example.com'] },
    description: 'for siti@example.com, thanks',
    amount: 5,
  }
  assert.deepEqual(JSON.parse(maskedJson(payload)), {
    id: 'disb-1',
    channel_properties: { account_number: '***', account_holder_name: '***' },
    receipt_notification: { email_to: ['***'] },
    description: 'for ***, thanks',
    amount: 5,
  })
})
