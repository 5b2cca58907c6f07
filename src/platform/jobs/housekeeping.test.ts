import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../../test/database.ts'
import { platformDatabase } from '../../../test/platform.ts'
import { systemCaller } from '../../kernel/caller.ts'
import { SandboxClock } from '../../kernel/clock.ts'
import { sql } from '../../postgres/sql.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { idempotent } from '../idempotency/idempotent.ts'
import { PostgresKv } from '../kv/postgres-kv.ts'
import { advanceClock, drainJobs } from './drain.ts'
import { housekeepingCron, housekeepingTask } from './housekeeping.ts'

const clock = new SandboxClock()
const { db } = await testDatabase(platformDatabase, clock)

const clean = () =>
  drainJobs(db, [housekeepingTask(db, { inboxDays: { chat: 7, bank: 90 } })], { cron: [housekeepingCron] })

test('an answer is kept for a day at least, and gone after two; expired keys go at once', async () => {
  const kv = new PostgresKv(db)
  await kv.set('kept', 'x', null)
  await db.run(sql`
    insert into niaga.kv select 'k' || n, 'x', now() from generate_series(1, 12000) n`)
  await inTransaction(db, systemCaller, (tx) =>
    idempotent(tx, { scope: 's', key: 'k', request: {} }, async () => 'done'),
  )
  const rows = async (table: string) => (await db.many(sql`select from ${sql.id('niaga', table)}`)).length
  await clean()
  await advanceClock(db, clock, { hours: 24 })
  assert.deepEqual((await clean()).done, ['housekeeping'])
  assert.deepEqual([await rows('kv'), await rows('idempotency')], [1, 1])
  await advanceClock(db, clock, { hours: 25 })
  await clean()
  assert.deepEqual([await rows('kv'), await rows('idempotency')], [1, 0])
})

test('what outside parties sent goes after the days of its source, unless it is still to be worked on', async () => {
  await db.run(sql`
    insert into niaga.inbox (source, event_id, body, status, received_at)
      select source, n::text, '', status, ${clock.now()}
      from generate_series(1, 3000) n, unnest(array['chat', 'bank']) source, unnest(array['processed']) status`)
  await db.run(sql`
    insert into niaga.inbox (source, event_id, body, status, received_at)
      values ('chat', 'open', '', 'received', ${clock.now()}), ('chat', 'failed', '', 'failed', ${clock.now()}),
        ('other', 'kept', '', 'processed', ${clock.now()})`)
  const left = async () =>
    await db.one(sql`
      select count(*) filter (where source = 'chat')::int as chat, count(*) filter (where source = 'bank')::int as bank,
        count(*) filter (where source = 'other')::int as other from niaga.inbox`)
  await advanceClock(db, clock, { days: 6, hours: 23 })
  await clean()
  assert.deepEqual(await left(), { chat: 3002, bank: 3000, other: 1 })
  await advanceClock(db, clock, { hours: 2 })
  await clean()
  assert.deepEqual(await left(), { chat: 1, bank: 3000, other: 1 })
  await advanceClock(db, clock, { days: 84 })
  await clean()
  assert.deepEqual(await left(), { chat: 1, bank: 0, other: 1 })
})
