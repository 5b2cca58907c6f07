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

test('an answer is kept for a day at least, and gone after two; expired keys go at once', async () => {
  const kv = new PostgresKv(db)
  await kv.set('kept', 'x', null)
  await db.run(sql`
    insert into niaga.kv select 'k' || n, 'x', now() from generate_series(1, 12000) n`)
  await inTransaction(db, systemCaller, (tx) =>
    idempotent(tx, { scope: 's', key: 'k', request: {} }, async () => 'done'),
  )
  const clean = () => drainJobs(db, [housekeepingTask(db)], { cron: [housekeepingCron] })
  const rows = async (table: string) => (await db.many(sql`select from ${sql.id('niaga', table)}`)).length
  await clean()
  await advanceClock(db, clock, { hours: 24 })
  assert.deepEqual((await clean()).done, ['housekeeping'])
  assert.deepEqual([await rows('kv'), await rows('idempotency')], [1, 1])
  await advanceClock(db, clock, { hours: 25 })
  await clean()
  assert.deepEqual([await rows('kv'), await rows('idempotency')], [1, 0])
})
