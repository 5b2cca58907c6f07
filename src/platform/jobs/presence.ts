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

export function openPresence(database: Database, workerId: string, log: Log): Presence {
  let client: Promise<pg.Client> | undefined
  let left = false

  function join(): Promise<pg.Client> {
    const made = new pg.Client(database.connection)
    made.on('error', (error) => log.debug({ error: error.message }, 'the presence connection was lost'))
    const joined = hold(made, database, workerId)
    // The end of an earlier one may be heard when the next has joined already.
    const forget = () => {
      if (client === joined) client = undefined
    }
    made.once('end', forget)
    joined.catch(() => {
      forget()
      // Left open, each try would cost a connection. Where the network is gone, nobody answers to this.
      made.end().catch((error: unknown) => log.debug({ error: String(error) }, 'a presence connection ended'))
    })
    return joined
  }

  return {
    async ensure() {
      if (left) return
      // Shared by whoever asks meanwhile: a second connection would wait for the lock of the first.
      client ??= join()
      await client
    },
    async leave() {
      left = true
      const joined = await client?.catch(() => undefined)
      await joined?.end()
    },
  }
}

/** @throws Error where the lock is not to be had: the server may not have noticed yet that we lost its last holder. */
async function hold(client: pg.Client, { prepare }: Database, workerId: string): Promise<pg.Client> {
  await client.connect()
  if (prepare) {
    await client.query(`select pg_advisory_lock(hashtext('niaga.jobs'), hashtext($1))`, [workerId])
    return client
  }
  // A transaction pooler closes a server's connection between two transactions, and with it a session's lock, or keeps
  // both when we are gone. Within one it does neither. This one has no xid, and in the end no snapshot: nothing is kept
  // for it, by vacuum or by the audit relay.
  await client.query(`begin isolation level read committed; set local lock_timeout = '10s'`)
  await client.query(`select pg_advisory_xact_lock(hashtext('niaga.jobs'), hashtext($1))`, [workerId])
  // The last one, because it has no parameters: the portal of one that has would keep its snapshot.
  await client.query(`
    select set_config(name, '0', true)
    from unnest(array['idle_in_transaction_session_timeout', 'transaction_timeout']) name
    where current_setting(name, true) is not null`)
  return client
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
