/** One process' workers on one database's queue. */

import { EventEmitter } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { Logger, type Runner, run, type TaskList, type WorkerEvents, type WorkerPool } from 'graphile-worker'
import type pg from 'pg'
import type { Log } from '../../kernel/log.ts'
import type { Database } from '../../postgres/database.ts'
import { sql } from '../../postgres/sql.ts'
import { type CronEntry, enqueueDueCrons } from './cron.ts'
import { readStored, type Task } from './job.ts'
import { openJobPool } from './job-pool.ts'
import { type Loop, startLoop } from './loop.ts'
import { openPresence, type Presence, reaper } from './presence.ts'

export interface JobsOptions {
  readonly database: Database
  readonly tasks: readonly Task[]
  readonly cron: readonly CronEntry[]
  /** Jobs at a time in this process. */
  readonly concurrency: number
  readonly log: Log
}

export interface RunningJobs {
  /** No new jobs; those that run finish, or are given back after 4 s. */
  stop(): Promise<void>
}

/** Also the longest that a job waits whose notification was left to another one. One look serves all workers. */
const LOOK_MS = 500
/** What each worker looks by itself, should ours fail. */
const POLL_MS = 5_000
const CRON_TICK_MS = 1_000
const REAP_MS = 3_000
/** Handlers are told to give up, and where they do not listen their jobs are given back: together under 5 s. */
const ABORT_AFTER_MS = 2_500
const KILL_AFTER_MS = 4_000

/** Starts workers, schedules, and the watch for dead workers. */
export async function startJobs(options: JobsOptions): Promise<RunningJobs> {
  const { database, log } = options
  await syncClock(database)
  const crew = startCrew(options)
  const loops: Loop[] = [
    startLoop('jobs.cron', CRON_TICK_MS, log, () => enqueueDueCrons(database, options.cron, log)),
    startLoop('jobs.reaper', REAP_MS, log, reaper(database, log)),
  ]
  return {
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()))
      await crew.stop()
    },
  }
}

/** Tells the queue how far the sandbox clock runs ahead, so that what is due by it is due. */
export async function syncClock(database: Database): Promise<void> {
  await database.run(
    sql`select niaga.set_clock_offset(make_interval(secs => ${database.clock.offsetMs / 1000}))`,
  )
}

/** graphile-worker's runner, started again should it ever give up. */
function startCrew(options: JobsOptions): RunningJobs {
  const { database, log } = options
  const stopping = new AbortController()
  const pool = openJobPool(database, log)
  let runner: Runner | undefined
  let workers: WorkerPool | undefined
  let presence: Presence | undefined

  async function shift(): Promise<void> {
    const events: WorkerEvents = new EventEmitter()
    let joined = Promise.resolve()
    events.on('pool:create', ({ workerPool }) => {
      workers = workerPool
      presence = openPresence(database, workerPool.id, log)
      joined = presence.ensure()
      // Awaited below; here only so that an early failure is not an unhandled one.
      joined.catch(() => undefined)
    })
    events.on('job:failed', ({ job, error }) => {
      // It waits for a person now: `niaga jobs list|retry`.
      log.error({ task: job.task_identifier, id: job.id, error: String(error) }, 'a job failed for good')
    })
    const started = await run({
      ...graphileOptions(pool, options),
      concurrency: options.concurrency,
      pollInterval: POLL_MS,
      gracefulShutdownAbortTimeout: ABORT_AFTER_MS,
      parsedCronItems: [],
      events,
    })
    runner = started
    try {
      if (stopping.signal.aborted) return
      await joined
      await started.promise
    } finally {
      await end(started)
      workers = undefined
      // What this crew leaves locked, the reaper gives back.
      await presence?.leave()
    }
  }

  /** Rejects where it has ended already, which is as good. */
  async function end(ending: Runner): Promise<void> {
    await ending.stop().catch((error: unknown) => log.debug({ error: String(error) }, 'the workers ended'))
  }

  const look = startLoop('jobs.due', LOOK_MS, log, async () => {
    const { due } = await database.one<{ due: number }>(sql`
      select count(*)::int as due from (
        select from graphile_worker._private_jobs where is_available and run_at <= now()
        limit ${options.concurrency}) j`)
    if (due > 0 && !stopping.signal.aborted) workers?.nudge(due)
  })
  const watch = startLoop('jobs.presence', REAP_MS, log, async () => await presence?.ensure())
  const crew = startLoop('jobs.workers', LOOK_MS, log, async () => {
    if (!stopping.signal.aborted) await shift()
  })
  return {
    async stop() {
      stopping.abort()
      const stopped = runner && end(runner)
      const late = await Promise.race([stopped, wait(KILL_AFTER_MS, 'late', { ref: false })])
      if (late === 'late') await workers?.forcefulShutdown('the process is stopping')
      await Promise.all([crew.stop(), watch.stop(), look.stop()])
      await pool.end()
    },
  }
}

/** What a standing worker and a single drain have in common. */
export function graphileOptions(
  pool: pg.Pool,
  { database, tasks, log }: Omit<JobsOptions, 'concurrency' | 'cron'>,
) {
  return {
    pgPool: pool,
    noHandleSignals: true,
    noPreparedStatements: !database.prepare,
    taskList: toTaskList(tasks, log),
    logger: new Logger((scope) => (level, message) => {
      // Its errors are retries to us: what fails for good is reported by event.
      if (level === 'error' || level === 'warning') log.warn({ ...scope }, message)
    }),
  }
}

function toTaskList(tasks: readonly Task[], log: Log): TaskList {
  const entries = tasks.map(({ name, run: work }): [string, TaskList[string]] => [
    name,
    async (stored: unknown, { job, abortSignal }) => {
      const { payload, caller } = readStored(stored)
      await work(payload, {
        attempt: job.attempts,
        lastAttempt: job.attempts >= job.max_attempts,
        caller,
        signal: abortSignal,
        log: log.child({ job: name, jobId: String(job.id), correlationId: caller.correlationId }),
      })
    },
  ])
  return Object.fromEntries(entries)
}
