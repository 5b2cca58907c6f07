import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { testDatabase } from '../../../test/database.ts'
import { platformDatabase } from '../../../test/platform.ts'
import { until } from '../../../test/until.ts'
import { systemCaller } from '../../kernel/caller.ts'
import { SandboxClock } from '../../kernel/clock.ts'
import { silentLog } from '../../kernel/log.ts'
import { sql } from '../../postgres/sql.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { enqueueDueCrons } from './cron.ts'
import { advanceClock, drainJobs } from './drain.ts'
import { defineJob, type EnqueueOptions, enqueue, handle, noPayload } from './job.ts'
import { greet } from './jobs.fixture.ts'
import { listJobs, retryJob } from './list.ts'
import { startJobs } from './worker.ts'

const clock = new SandboxClock()
const { db } = await testDatabase(platformDatabase, clock)

const fragile = defineJob('fragile', noPayload, 2)

const say = (name: string, options?: EnqueueOptions) =>
  inTransaction(db, { type: 'user', id: '1', correlationId: 'request-7' }, (tx) =>
    enqueue(tx, greet, { name }, options),
  )

function greeter() {
  const greeted: string[] = []
  return { greeted, task: handle(greet, async ({ name }) => greeted.push(name)) }
}

describe('jobs', () => {
  test('a job of a transaction that rolled back never was', async () => {
    const { greeted, task } = greeter()
    await assert.rejects(
      inTransaction(db, systemCaller, async (tx) => {
        await enqueue(tx, greet, { name: 'nobody' })
        throw new Error('no')
      }),
    )
    await say('Ayu')
    await drainJobs(db, [task])
    assert.deepEqual(greeted, ['Ayu'])
  })

  test('a job goes on in the name of the request that caused it', async () => {
    await say('Budi')
    let seen: unknown
    const { done } = await drainJobs(db, [handle(greet, async (_, run) => (seen = run.caller))])
    assert.deepEqual(done, ['greet'])
    assert.deepEqual(seen, { type: 'system', correlationId: 'request-7' })
  })

  test('a waiting job under the same key is replaced, not doubled', async () => {
    const { greeted, task } = greeter()
    await say('old', { key: 'k' })
    await say('new', { key: 'k' })
    await drainJobs(db, [task])
    assert.deepEqual(greeted, ['new'])
  })

  test('forty days later the jobs of those days are due, and not a second earlier', async () => {
    const { greeted, task } = greeter()
    const due = new Date(clock.now().getTime() + 40 * 86_400_000)
    await say('later', { runAt: due })
    await advanceClock(db, clock, { days: 40 })
    await drainJobs(db, [task])
    assert.deepEqual(greeted, ['later'])
    await say('again', { runAt: new Date(clock.now().getTime() + 60_000) })
    await drainJobs(db, [task])
    assert.deepEqual(greeted, ['later'])
    await advanceClock(db, clock, { seconds: 61 })
    await drainJobs(db, [task])
    assert.deepEqual(greeted, ['later', 'again'])
  })

  test('a nightly job runs once for each night that is seen, and once for nights that were slept through', async () => {
    const { greeted } = greeter()
    const nightly = { job: defineJob('nightly', noPayload), schedule: '15 3 * * *' }
    const task = handle(nightly.job, async () => greeted.push('night'))
    const night = () => drainJobs(db, [task], { cron: [nightly] })
    await night()
    assert.equal(greeted.length, 0)
    await advanceClock(db, clock, { days: 1 })
    await night()
    await night()
    assert.equal(greeted.length, 1)
    await advanceClock(db, clock, { days: 3 })
    await Promise.all([night(), night()])
    assert.equal(greeted.length, 2)
    // It is asked every second: where nothing is due, nothing is written.
    const written = () =>
      db.one(sql`select xmin::text, last_slot from niaga.cron where name like 'nightly %'`)
    const before = await written()
    await night()
    assert.deepEqual(await written(), before)
  })

  test('after a clock that ran ahead a schedule goes on from now, and says so once', async () => {
    const hourly = { job: defineJob('hourly', noPayload), schedule: '0 * * * *' }
    const warnings: unknown[] = []
    const log = { ...silentLog, warn: (facts: object) => void warnings.push(facts) }
    const tick = () => enqueueDueCrons(db, [hourly], log)
    await tick()
    await db.run(sql`
      update niaga.cron set last_slot = ${new Date(clock.now().getTime() + 86_400_000)} where name like 'hourly %'`)
    await tick()
    await tick()
    assert.deepEqual(warnings, [{ schedules: ['hourly 0 * * * *'] }])
    await advanceClock(db, clock, { hours: 1 })
    await tick()
    const { done } = await drainJobs(db, [handle(hourly.job, async () => undefined)])
    assert.deepEqual(done, ['hourly'])
  })

  test('a schedule that cannot be read is told, and keeps none behind it from running', async () => {
    const broken = { job: defineJob('broken', noPayload), schedule: '61 * * * *' }
    const behind = { job: defineJob('behind', noPayload), schedule: '* * * * *' }
    const tick = () => assert.rejects(enqueueDueCrons(db, [broken, behind]), /broken 61 .* "61" is no minute/)
    await tick()
    await advanceClock(db, clock, { minutes: 1 })
    await tick()
    const { done } = await drainJobs(db, [handle(behind.job, async () => undefined)])
    assert.deepEqual(done, ['behind'])
  })

  test('a payload of another shape is a failed try that says what is wrong', async () => {
    await db.run(sql`select niaga.enqueue('greet', '{"nam": 1}', p_max_attempts => 1)`)
    const { failed } = await drainJobs(db, [greeter().task])
    assert.equal(failed.length, 1)
    const [dead] = await listJobs(db, 10)
    assert.equal(dead?.state, 'dead')
    await db.run(sql`select graphile_worker.complete_jobs(array[${dead?.id ?? 0n}::bigint])`)
  })

  test('a job that failed for good is seen, reported, and can be retried', async () => {
    await inTransaction(db, systemCaller, (tx) => enqueue(tx, fragile, {}))
    let broken = true
    const task = handle(fragile, async () => {
      if (broken) throw new Error('the gateway is down')
    })
    const jobs = await startJobs({ database: db, tasks: [task], cron: [], concurrency: 1, log: silentLog })
    // Its second try waits e seconds; the test does not.
    await db.run(sql`update graphile_worker._private_jobs set max_attempts = 1 where attempts = 0`)
    await until(async () => (await listJobs(db, 10))[0]?.state === 'dead').finally(() => jobs.stop())
    const [listed] = await listJobs(db, 10)
    assert.match(listed?.last_error ?? '', /gateway is down/)
    broken = false
    assert.equal(await retryJob(db, listed?.id ?? 0n), true)
    assert.deepEqual((await drainJobs(db, [task])).done, ['fragile'])
    assert.equal(await retryJob(db, 1n), false)
  })

  test('stopping lets the running job finish, and takes no new one', async () => {
    const started = Promise.withResolvers<void>()
    const finish = Promise.withResolvers<void>()
    const greeted: string[] = []
    const task = handle(greet, async ({ name }) => {
      started.resolve()
      await finish.promise
      greeted.push(name)
    })
    await say('first')
    const jobs = await startJobs({ database: db, tasks: [task], cron: [], concurrency: 1, log: silentLog })
    await started.promise
    const stopped = jobs.stop()
    await say('second')
    finish.resolve()
    await stopped
    assert.deepEqual(greeted, ['first'])
    await drainJobs(db, [task])
    assert.deepEqual(greeted, ['first', 'second'])
  })

  test('a job whose time comes later is taken soon after it, although nobody announces that', async () => {
    const { greeted, task } = greeter()
    const jobs = await startJobs({ database: db, tasks: [task], cron: [], concurrency: 1, log: silentLog })
    const waits: number[] = []
    for (const n of [1, 2, 3]) {
      const due = clock.now().getTime() + 1_000
      await say(`later ${n}`, { runAt: new Date(due) })
      await until(() => greeted.length === n)
      waits.push(clock.now().getTime() - due)
    }
    await jobs.stop()
    // A worker that has found nothing looks again after five seconds: left to that, each would wait four.
    assert.ok(Math.min(...waits) < 3_000, `${waits} ms`)
  })

  test('a handler that does not listen is cut off, and its job given back', async () => {
    const started = Promise.withResolvers<void>()
    const stuck = handle(greet, async () => {
      started.resolve()
      await new Promise(() => undefined)
    })
    await say('patient')
    const jobs = await startJobs({ database: db, tasks: [stuck], cron: [], concurrency: 1, log: silentLog })
    await started.promise
    await jobs.stop()
    const [job] = await listJobs(db, 10)
    assert.equal(job?.state, 'retrying')
    await retryJob(db, job?.id ?? 0n)
    assert.deepEqual((await drainJobs(db, [greeter().task])).done, ['greet'])
  })
})
