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
import { sql } from '../../postgres/sql.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { enqueue, handle } from './job.ts'
import { greet } from './jobs.fixture.ts'
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
