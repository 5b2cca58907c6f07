import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { testDatabase } from '../../../test/database.ts'
import { platformDatabase } from '../../../test/platform.ts'
import { until } from '../../../test/until.ts'
import { systemCaller } from '../../kernel/caller.ts'
import { silentLog } from '../../kernel/log.ts'
import { openDatabase } from '../../postgres/database.ts'
import { sql } from '../../postgres/sql.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { enqueue, handle } from './job.ts'
import { greet } from './jobs.fixture.ts'
import { openPresence } from './presence.ts'
import { startJobs } from './worker.ts'

const { db, url } = await testDatabase(platformDatabase)

test('a job whose worker was killed is done by another one, which does not wait for hours', async () => {
  await inTransaction(db, systemCaller, (tx) => enqueue(tx, greet, { name: 'survivor' }))
  const fixture = join(import.meta.dirname, 'killed-worker.fixture.ts')
  const worker = spawn(process.execPath, [fixture, url], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(worker.stdout, 'data')
  worker.kill('SIGKILL')
  await once(worker, 'exit')
  const greeted = Promise.withResolvers<string>()
  const task = handle(greet, async ({ name }) => greeted.resolve(name))
  const jobs = await startJobs({ database: db, tasks: [task], cron: [], concurrency: 2, log: silentLog })
  assert.equal(await greeted.promise.finally(() => jobs.stop()), 'survivor')
})

test('a job that was replaced while its worker was killed leaves nothing behind', async () => {
  const say = (name: string) =>
    inTransaction(db, systemCaller, (tx) => enqueue(tx, greet, { name }, { key: 'replaced' }))
  await say('old')
  const fixture = join(import.meta.dirname, 'killed-worker.fixture.ts')
  const worker = spawn(process.execPath, [fixture, url], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(worker.stdout, 'data')
  await say('new')
  worker.kill('SIGKILL')
  await once(worker, 'exit')
  const greeted: string[] = []
  const task = handle(greet, async ({ name }) => void greeted.push(name))
  const jobs = await startJobs({ database: db, tasks: [task], cron: [], concurrency: 2, log: silentLog })
  const left = () => db.many(sql`select id from graphile_worker._private_jobs`)
  await until(async () => (await left()).length === 0).finally(() => jobs.stop())
  assert.deepEqual(greeted, ['new'])
})

test('the server drops every connection under a running worker: it goes on by itself', async () => {
  const greeted: string[] = []
  let told = Promise.withResolvers<void>()
  const task = handle(greet, async ({ name }) => {
    greeted.push(name)
    told.resolve()
  })
  const say = (name: string) => inTransaction(db, systemCaller, (tx) => enqueue(tx, greet, { name }))
  const jobs = await startJobs({ database: db, tasks: [task], cron: [], concurrency: 2, log: silentLog })
  await say('before')
  await told.promise
  told = Promise.withResolvers()
  await db.run(sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`)
  await say('after')
  await told.promise.finally(() => jobs.stop())
  assert.deepEqual(greeted, ['before', 'after'])
})

/** Sessions that hold the lock of a worker. */
const holders = (worker: string) =>
  db.many<{ state: string; xid: string | null; xmin: string | null }>(sql`
    select a.state, a.backend_xid::text as xid, a.backend_xmin::text as xmin from pg_locks l join pg_stat_activity a using (pid)
    where l.locktype = 'advisory' and l.objid = hashtext(${worker})::oid and l.granted`)

function at(parameter: string) {
  const opened = openDatabase({ name: 'platform', url: `${url}?${parameter}`, errors: {} })
  return { opened, presence: (worker: string) => openPresence(opened, worker, silentLog) }
}

test('a presence that cannot have its lock leaves no connection open, however often it tries', async () => {
  const { opened, presence } = at('lock_timeout=50')
  const connections = async () => {
    const { n } = await db.one<{ n: number }>(sql`
      select count(*)::int4 as n from pg_stat_activity where datname = current_database() and query like '%niaga.jobs%'
        and pid <> pg_backend_pid()`)
    return n
  }
  const [lost, next] = [presence('pool-lost'), presence('pool-lost')]
  try {
    await lost.ensure()
    for (let tries = 0; tries < 3; tries++) await assert.rejects(next.ensure(), /lock timeout/)
    await until(async () => (await connections()) === 1)
    await lost.leave()
    await until(async () => (await holders('pool-lost')).length === 0)
    await next.ensure()
    assert.equal((await holders('pool-lost')).length, 1)
  } finally {
    await Promise.all([lost.leave(), next.leave(), opened.close()])
  }
})

test('behind a transaction pooler a presence is an open transaction, and nothing is kept back for it', async () => {
  const { opened, presence } = at('pgbouncer=true')
  const pooled = presence('pool-pooled')
  try {
    await pooled.ensure()
    // The state is reported a moment after the answer.
    await until(async () => (await holders('pool-pooled'))[0]?.state === 'idle in transaction')
    assert.deepEqual(await holders('pool-pooled'), [{ state: 'idle in transaction', xid: null, xmin: null }])
    const { later } = await db.one<{ later: string }>(sql`select pg_current_xact_id()::text as later`)
    // What the audit relay waits for; transactions of other databases count too, and end.
    await until(async () => {
      const { over } = await db.one<{ over: boolean }>(
        sql`select pg_snapshot_xmin(pg_current_snapshot()) > ${later}::xid8 as over`,
      )
      return over
    })
  } finally {
    await Promise.all([pooled.leave(), opened.close()])
  }
  await until(async () => (await holders('pool-pooled')).length === 0)
})
