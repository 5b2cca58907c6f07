/** For tests and the sandbox: time passes, and everything that falls due is done. */
import { EventEmitter } from 'node:events'
import { runOnce, type WorkerEvents } from 'graphile-worker'
import type { SandboxClock } from '../../kernel/clock.ts'
import { type Log, silentLog } from '../../kernel/log.ts'
import type { Database } from '../../postgres/database.ts'
import { type CronEntry, enqueueDueCrons } from './cron.ts'
import type { Task } from './job.ts'
import { openJobPool } from './job-pool.ts'
import { graphileOptions, syncClock } from './worker.ts'

export interface Drained {
  /** Names of the jobs that succeeded, in order. */
  readonly done: readonly string[]
  /** Tries that failed; a later try waits in the queue, unless the job is dead. */
  readonly failed: readonly { readonly task: string; readonly error: unknown }[]
}

/** Runs one job after another until none is due by the database's clock, those they enqueue included. */
export async function drainJobs(
  database: Database,
  tasks: readonly Task[],
  { cron = [], log = silentLog }: { cron?: readonly CronEntry[]; log?: Log } = {},
): Promise<Drained> {
  await syncClock(database)
  await enqueueDueCrons(database, cron, log)
  const done: string[] = []
  const failed: { task: string; error: unknown }[] = []
  const events: WorkerEvents = new EventEmitter()
  events.on('job:success', ({ job }) => done.push(job.task_identifier))
  events.on('job:error', ({ job, error }) => failed.push({ task: job.task_identifier, error }))
  const pool = openJobPool(database, log)
  try {
    await runOnce({ ...graphileOptions(pool, { database, tasks, log }), events })
  } finally {
    await pool.end()
  }
  return { done, failed }
}

/** Moves the sandbox clock and, with it, every waiting job. */
export async function advanceClock(
  database: Database,
  clock: SandboxClock,
  step: Parameters<SandboxClock['advance']>[0],
): Promise<void> {
  clock.advance(step)
  await syncClock(database)
}
