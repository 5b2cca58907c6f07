import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { until } from '../../test/until.ts'
import { SandboxClock } from '../kernel/clock.ts'
import { isDomainError } from '../kernel/errors.ts'
import type { DatabaseManifest } from './manifest.ts'
import { sql } from './sql.ts'
import { inLongTransaction, inTransaction, type Tx } from './transaction.ts'

const manifest: DatabaseManifest = {
  system: 'test',
  name: 'transactions',
  urlVariables: [],
  components: [{ name: 'transactions', directory: new URL('./testdata/transactions/', import.meta.url) }],
  errors: {
    name_taken: { status: 409, text: 'taken', constraint: 'person_name_key' },
    too_young: { status: 422, text: 'too young', sqlstate: 'NGX01' },
    unavailable: { status: 503, text: 'away' },
  },
}
const clock = new SandboxClock()
const { db } = await testDatabase(manifest, clock)
await db.run(sql`insert into person (name, age) values ('one', 1), ('two', 2)`)

test('a throw undoes everything', async () => {
  await assert.rejects(
    inTransaction(db, { type: 'system' }, async (tx) => {
      await tx.run(sql`insert into person (name, age) values ('ghost', 9)`)
      throw new Error('changed my mind')
    }),
    /changed my mind/,
  )
  assert.equal(await db.maybeOne(sql`select from person where name = 'ghost'`), undefined)
})

test('two that deadlock both commit: the whole transaction is tried again', async () => {
  let inside = 0
  let bothIn: () => void = () => undefined
  const barrier = new Promise<void>((resolve) => {
    bothIn = resolve
  })
  const grow = (first: string, second: string) =>
    inTransaction(db, { type: 'system' }, async (tx) => {
      await tx.run(sql`update person set age = age + 1 where name = ${first}`)
      if (++inside === 2) bothIn()
      await barrier
      await tx.run(sql`update person set age = age + 1 where name = ${second}`)
    })
  await Promise.all([grow('one', 'two'), grow('two', 'one')])
  const ages = await db.many<{ age: number }>(
    sql`select age from person where name in ('one', 'two') order by name`,
  )
  assert.deepEqual(ages, [{ age: 3 }, { age: 4 }])
  assert.ok(inside >= 3, 'one of them ran twice')
})

test('a transaction that fails to serialize every time is "unavailable", and was tried several times', async () => {
  let tries = 0
  const hopeless = inTransaction(db, { type: 'system' }, async (tx) => {
    tries += 1
    await tx.run(sql`do $$ begin raise exception 'again' using errcode = '40001'; end $$`)
  })
  await assert.rejects(hopeless, (error) => isDomainError(error, 'unavailable'))
  assert.ok(tries > 1)
})

test('a lock that does not come in time, and a statement that takes too long, are "unavailable"', async () => {
  const holder = await db.pool.connect()
  try {
    await holder.query(`begin; update person set age = age where name = 'one'`)
    for (const limit of ['lock_timeout', 'statement_timeout']) {
      const late = inTransaction(db, { type: 'system' }, async (tx) => {
        await tx.run(sql`select set_config(${limit}, '20', true)`)
        await tx.run(sql`update person set age = age where name = 'one'`)
      })
      await assert.rejects(late, (error) => isDomainError(error, 'unavailable'), limit)
    }
  } finally {
    await holder.query('rollback')
    holder.release()
  }
})

test('a refused statement costs no connection', async () => {
  const connection = async () => (await db.one<{ pid: number }>(sql`select pg_backend_pid() as pid`)).pid
  const before = await connection()
  for (let n = 0; n < 3; n++) {
    await assert.rejects(db.run(sql`insert into person (name, age) values ('one', 1)`))
  }
  assert.equal(await connection(), before)
})

test('the database knows who asks, only inside the transaction', async () => {
  const caller = { type: 'admin', id: "7'; drop", correlationId: 'c-1', ip: '10.0.0.1' } as const
  const seen = await inTransaction(db, caller, (tx) =>
    tx.one(sql`select current_setting('niaga.actor_id') as id, current_setting('niaga.actor_type') as type,
      current_setting('niaga.ip') as ip`),
  )
  assert.deepEqual(seen, { id: "7'; drop", type: 'admin', ip: '10.0.0.1' })
  const after = await db.one<{ id: string | null }>(sql`select current_setting('niaga.actor_id', true) as id`)
  assert.ok(!after.id)
})

test('a violated constraint arrives as its domain error, PostgreSQL’s own detail does not leak', async () => {
  const error = await db.run(sql`insert into person (name, age) values ('one', 1)`).catch((e: unknown) => e)
  assert.ok(isDomainError(error, 'name_taken'))
  assert.deepEqual(error.details, {})
})

test('a raised SQLSTATE arrives as its domain error with the details it was raised with', async () => {
  const error = await db.run(sql`insert into person (name, age) values ('baby', -1)`).catch((e: unknown) => e)
  assert.ok(isDomainError(error, 'too_young'))
  assert.deepEqual(error.details, { age: -1 })
})

test('a swallowed SQL error cannot turn into a commit', async () => {
  const sloppy = async (tx: Tx) => {
    await tx.run(sql`insert into person (name, age) values ('one', 1)`).catch(() => 'ignored')
  }
  await assert.rejects(inTransaction(db, { type: 'system' }, sloppy), /rolled back/)
})

test('a connection that is cut in the middle is "unavailable", and the pool goes on', async () => {
  const cut = inTransaction(db, { type: 'system' }, async (tx) => {
    const { pid } = await tx.one<{ pid: number }>(sql`select pg_backend_pid() as pid`)
    await db.one(sql`select pg_terminate_backend(${pid})`)
    await tx.one(sql`select 1 as one`)
  })
  await assert.rejects(cut, (error) => isDomainError(error, 'unavailable'))
  assert.deepEqual(await db.one(sql`select 1 as one`), { one: 1 })
})

test('a statement ends after half a minute, and in a long transaction when it is done', async () => {
  const limit = async (tx: Tx) =>
    (await tx.one<{ limit: string }>(sql`select current_setting('statement_timeout') as limit`)).limit
  assert.equal(await inTransaction(db, { type: 'system' }, limit), '30s')
  assert.equal(await inLongTransaction(db, { type: 'system' }, limit), '0')
  assert.equal(await inTransaction(db, { type: 'system' }, limit), '30s')
})

test('numbers arrive exact: bigint, decimal text, arrays of both kinds', async () => {
  const row = await db.one(sql`select 9007199254740993::bigint as big, 0.10::numeric(15,2) as money,
    array[1, 9007199254740993]::bigint[] as bigs, date '2026-02-01' as day`)
  assert.deepEqual(row, {
    big: 9007199254740993n,
    money: '0.10',
    bigs: [1n, 9007199254740993n],
    day: '2026-02-01',
  })
})

test('one() refuses none and several', async () => {
  await assert.rejects(db.one(sql`select from person where name = 'nobody'`), /got none/)
  await assert.rejects(db.one(sql`select from person`), /got 2/)
})

test('a NOTIFY is heard, also after the listening connection was lost', async () => {
  const heard: string[] = []
  const stop = await db.listen('news', (payload) => heard.push(payload))
  await db.run(sql`select pg_notify('news', 'first')`)
  await until(() => heard.includes('first'))
  await db.run(sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query ilike 'listen%'`)
  await until(async () => {
    await db.run(sql`select pg_notify('news', 'second')`)
    return heard.includes('second')
  })
  await stop()
})
