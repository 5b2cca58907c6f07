import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'
import { testDatabase } from '../../../test/database.ts'
import { platformDatabase } from '../../../test/platform.ts'
import { systemCaller } from '../../kernel/caller.ts'
import { SandboxClock } from '../../kernel/clock.ts'
import { silentLog } from '../../kernel/log.ts'
import { sql } from '../../postgres/sql.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { advanceClock, drainJobs } from '../jobs/drain.ts'
import { startJobs } from '../jobs/worker.ts'
import { type InboxStatus, listInbox, receive, replayInbox, sweepInbox } from './inbox.ts'
import { type InboxHandler, inboxTask } from './process.ts'

const clock = new SandboxClock()
const { db } = await testDatabase(platformDatabase, clock)

const body = Buffer.from('{"amount": 30000}')
const deliver = (eventId: string, more: { queue?: string; sequence?: bigint } = {}) =>
  inTransaction(db, systemCaller, (tx) => receive(tx, { source: 'bank', eventId, body, ...more }))
const statusOf = async (id: bigint) => {
  const { status } = await db.one<{ status: InboxStatus }>(
    sql`select status from niaga.inbox where id = ${id}`,
  )
  return status
}
const drain = (bank: InboxHandler, onAttention?: (id: bigint, status: InboxStatus) => void) =>
  drainJobs(db, [
    inboxTask({
      database: db,
      handlers: { bank },
      onAttention: (event, status) => onAttention?.(event.id, status),
    }),
  ])

describe('inbox', () => {
  afterEach(async () => {
    await db.run(sql`truncate niaga.inbox`)
    await db.run(sql`delete from graphile_worker._private_jobs`)
  })

  test('a hundred copies at once are one event and one effect', async () => {
    const results = await Promise.all(Array.from({ length: 100 }, () => deliver('paid-1')))
    assert.equal(results.filter((result) => !result.duplicate).length, 1)
    assert.equal(new Set(results.map((result) => result.id)).size, 1)
    let effects = 0
    await drain(async (event) => {
      assert.deepEqual(event.body, body)
      effects++
    })
    await drain(async () => void effects++)
    assert.equal(effects, 1)
    assert.equal(await statusOf(results[0]?.id ?? 0n), 'processed')
  })

  test('the effect and the mark commit together, or the event is tried again', async () => {
    const { id } = await deliver('paid-2')
    await db.run(sql`create table public.effects (id bigint)`)
    let broken = true
    const handler: InboxHandler = async (event, run) => {
      await inTransaction(db, run.caller, async (tx) => {
        await tx.run(sql`insert into public.effects values (${event.id})`)
        await run.finish(tx)
        if (broken) throw new Error('no connection')
      })
    }
    await drain(handler)
    assert.equal(await statusOf(id), 'received')
    broken = false
    await advanceClock(db, clock, { seconds: 3 })
    await drain(handler)
    assert.equal(await statusOf(id), 'processed')
    assert.equal((await db.many(sql`select from public.effects`)).length, 1)
  })

  test('events of one chat are handled in the order of their numbers, whatever order they came in', async () => {
    for (const n of [3n, 1n, 2n, 5n, 4n]) await deliver(`u${n}`, { queue: 'chat:7', sequence: n })
    const seen: bigint[] = []
    await drain(async (event) => void seen.push(event.sequence ?? 0n))
    assert.deepEqual(seen, [1n, 2n, 3n, 4n, 5n])
  })

  test('an event that fails does not hold up its chat, nor another chat', async () => {
    for (const n of [1n, 2n, 3n]) await deliver(`a${n}`, { queue: 'chat:1', sequence: n })
    await deliver('b1', { queue: 'chat:2', sequence: 1n })
    const seen: string[] = []
    const handler: InboxHandler = async (event, { attempt }) => {
      if (event.event_id === 'a1' && attempt < 3) throw new Error('odd')
      seen.push(event.event_id)
    }
    await drain(handler)
    assert.deepEqual(new Set(seen), new Set(['a2', 'a3', 'b1']))
    await advanceClock(db, clock, { minutes: 1 })
    await drain(handler)
    await advanceClock(db, clock, { minutes: 1 })
    await drain(handler)
    assert.equal(seen.at(-1), 'a1')
    assert.equal(seen.length, 4)
  })

  test('one chat is never handled twice at the same time by many workers', async () => {
    const total = 40
    const running = new Map<string, number>()
    const seen = new Map<string, bigint[]>()
    const all = Promise.withResolvers<void>()
    let handled = 0
    const bank: InboxHandler = async (event) => {
      const chat = event.queue ?? ''
      running.set(chat, (running.get(chat) ?? 0) + 1)
      assert.equal(running.get(chat), 1)
      await db.run(sql`select pg_sleep(0.002)`)
      seen.set(chat, [...(seen.get(chat) ?? []), event.sequence ?? 0n])
      running.set(chat, (running.get(chat) ?? 0) - 1)
      if (++handled === total) all.resolve()
    }
    const task = inboxTask({ database: db, handlers: { bank } })
    const jobs = await startJobs({ database: db, tasks: [task], cron: [], concurrency: 4, log: silentLog })
    for (let n = 1; n <= total; n++) {
      await deliver(`c${n}`, { queue: `chat:${n % 4}`, sequence: BigInt(n) })
    }
    await all.promise.finally(() => jobs.stop())
    for (const order of seen.values())
      assert.deepEqual(
        order,
        order.toSorted((a, b) => Number(a - b)),
      )
  })

  test('after ten failed tries an event is failed, a person is told, and can replay it', async () => {
    const { id } = await deliver('bad')
    const told: [bigint, InboxStatus][] = []
    for (let n = 0; n < 12; n++) {
      await drain(
        () => Promise.reject(new Error('cannot read it')),
        (...event) => told.push(event),
      )
      await advanceClock(db, clock, { hours: 7 })
    }
    assert.deepEqual(told, [[id, 'failed']])
    const [listed] = await listInbox(db, { attention: true, limit: 10 })
    assert.deepEqual([listed?.id, listed?.attempts, listed?.last_error], [id, 10, 'cannot read it'])
    const replay = () => inTransaction(db, systemCaller, (tx) => replayInbox(tx, id))
    assert.deepEqual([await replay(), await replay()], [true, false])
    await drain(async () => undefined)
    assert.equal(await statusOf(id), 'processed')
  })

  test('a handler may ask again later, then give it to a person', async () => {
    const { id } = await deliver('pending')
    const tries: number[] = []
    const handler: InboxHandler = async (_, { attempt }) => {
      tries.push(attempt)
      return attempt <= 2 ? { againInSeconds: 30 } : 'unconfirmed'
    }
    for (let n = 0; n < 4; n++) {
      await drain(handler)
      await advanceClock(db, clock, { seconds: 31 })
    }
    assert.deepEqual(tries, [1, 2, 3])
    assert.equal(await statusOf(id), 'unconfirmed')
  })

  test('an event whose job was lost is found by the sweep, once', async () => {
    const { id } = await deliver('orphan')
    await db.run(sql`delete from graphile_worker._private_jobs`)
    const sweep = () => inTransaction(db, systemCaller, sweepInbox)
    assert.equal(await sweep(), 0)
    await advanceClock(db, clock, { seconds: 11 })
    assert.deepEqual([await sweep(), await sweep()], [1, 0])
    await drain(async () => undefined)
    assert.equal(await statusOf(id), 'processed')
  })

  test('a worker that was taken for dead and comes back changes nothing: neither the event nor its effect', async () => {
    const { id } = await deliver('slow')
    await db.run(sql`create table public.late_effects (id bigint)`)
    const told: InboxStatus[] = []
    const tell = (_: bigint, status: InboxStatus) => void told.push(status)
    // While the first worker is at it, its job is given to another one, which puts the event off.
    const takeOver = async () => {
      await db.run(sql`update graphile_worker._private_jobs set locked_at = null, locked_by = null`)
      await drain(async () => ({ againInSeconds: 3_600 }), tell)
    }
    const endings: InboxHandler[] = [
      async () => undefined,
      async () => 'unmatched',
      async () => ({ againInSeconds: 1 }),
      () => Promise.reject(new Error('too late')),
      async (event, run) => {
        await inTransaction(db, run.caller, async (tx) => {
          await tx.run(sql`insert into public.late_effects values (${event.id})`)
          await run.finish(tx)
        })
      },
    ]
    for (const [n, ending] of endings.entries()) {
      await drain(async (event, run) => {
        await takeOver()
        return await ending(event, run)
      }, tell)
      const [listed] = await listInbox(db, { attention: false, limit: 1 })
      assert.deepEqual(
        [listed?.id, listed?.status, listed?.last_error],
        [id, 'received', null],
        `ending ${n}`,
      )
      await advanceClock(db, clock, { hours: 2 })
    }
    assert.deepEqual(await db.many(sql`select from public.late_effects`), [])
    assert.deepEqual(told, [])
    await drain(async () => undefined)
    assert.equal(await statusOf(id), 'processed')
  })

  test('an event of a source that nothing handles is kept and said, not dropped', async () => {
    const { id } = await inTransaction(db, systemCaller, (tx) =>
      receive(tx, { source: 'stranger', eventId: '1', body }),
    )
    await drain(async () => undefined)
    const [listed] = await listInbox(db, { attention: false, limit: 1 })
    assert.deepEqual([listed?.id, listed?.status], [id, 'received'])
    assert.match(listed?.last_error ?? '', /nothing handles events of stranger/)
  })
})
