/**
 * Which workers are alive. A killed process leaves its jobs locked, and graphile-worker would free them after
 * four hours only; here each worker holds an advisory lock on a connection of its own for as long as it lives,
 * and jobs of workers whose lock is gone are given back within seconds.
 */
import pg from 'pg'
import type { Log } from '../../kernel/log.ts'
import type { Database } from '../../postgres/database.ts'
import { sql } from '../../postgres/sql.ts'

export interface Presence {
  /** The lock is held again if its connection was lost. */
  ensure(): Promise<void>
  leave(): Promise<void>
}

/** Needs a connection that keeps its session: behind a transaction pooler, give the jobs a direct URL. */
export function openPresence(database: Database, workerId: string, log: Log): Presence {
  let client: Promise<pg.Client> | undefined
  let left = false

  async function join(): Promise<pg.Client> {
    const made = new pg.Client(database.connection)
    made.on('error', (error) => log.debug({ error: error.message }, 'the presence connection was lost'))
    made.once('end', () => {
      client = undefined
    })
    await made.connect()
    await made.query(`select pg_advisory_lock(hashtext('niaga.jobs'), hashtext($1))`, [workerId])
    return made
  }

  return {
    async ensure() {
      if (left) return
      // Shared by whoever asks meanwhile: a second connection would wait for the lock of the first.
      client ??= join()
      await client.catch((error: unknown) => {
        client = undefined
        throw error
      })
    },
    async leave() {
      left = true
      const joined = await client?.catch(() => undefined)
      await joined?.end()
    },
  }
}

/** Answers a function that gives back the jobs of workers it finds absent two times running. */
export function reaper(database: Database, log: Log): () => Promise<void> {
  let missing = new Set<string>()
  return async () => {
    const rows = await database.many<{ worker: string }>(sql`
      select distinct j.locked_by as worker from graphile_worker._private_jobs j
      where j.locked_at is not null and j.locked_by like 'pool-%' and not exists (
        select from pg_locks l join pg_database d on d.oid = l.database and d.datname = current_database()
        where l.locktype = 'advisory' and l.classid = hashtext('niaga.jobs')::oid
          and l.objid = hashtext(j.locked_by)::oid)`)
    const absent = rows.map(({ worker }) => worker)
    // Twice, because a live worker is absent for a moment while its lost connection is re-made.
    const dead = absent.filter((worker) => missing.has(worker))
    missing = new Set(absent)
    if (dead.length === 0) return
    // Another job has taken over what these were doing: given back, they would stand there as failed for good.
    await database.run(sql`
      delete from graphile_worker._private_jobs where locked_by = any (${dead}) and flags ? 'superseded'`)
    await database.run(sql`select graphile_worker.force_unlock_workers(${dead})`)
    log.warn({ workers: dead }, 'jobs of dead workers were given back')
  }
}
