/** One migrator at a time per database, and none that makes the whole site wait behind it. */
import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import { sqlState } from '../errors.ts'
import { withClient } from '../session.ts'

/** Any constant that nobody else uses as an advisory lock. */
const LOCK_KEY = 7_246_021_901

/** A host that swallows packets must not hold up a start for minutes. */
const CONNECT_MS = 10_000
const LOCK_TIMEOUT = '2s'
const LOCK_ATTEMPTS = 15
const LOCK_NOT_AVAILABLE = '55P03'

/** Connects and holds the migration lock while `work` runs; waits where another process migrates. */
export async function withMigrationLock<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
  onWait: () => void = () => undefined,
): Promise<T> {
  return await withClient(
    {
      connectionString: url,
      application_name: 'niaga migrate',
      connectionTimeoutMillis: CONNECT_MS,
    },
    async (client) => {
      const { rows } = await client.query('select pg_try_advisory_lock($1) as mine', [LOCK_KEY])
      if (rows[0]?.mine !== true) {
        onWait()
        await client.query('select pg_advisory_lock($1)', [LOCK_KEY])
      }
      return await work(client)
    },
  )
}

/** For a moment in which the schema stands still: waits for a migration that runs, and lets none begin. */
export async function holdOffMigrations(client: pg.ClientBase): Promise<void> {
  await client.query('select pg_advisory_lock_shared($1)', [LOCK_KEY])
}

export async function allowMigrations(client: pg.ClientBase): Promise<void> {
  await client.query('select pg_advisory_unlock_shared($1)', [LOCK_KEY])
}

/**
 * Runs `work` in a transaction that gives up a table lock it cannot get within 2 s, lets the queue behind
 * it pass, and tries again.
 */
export async function patiently(client: pg.Client, work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query(`begin; set local lock_timeout = '${LOCK_TIMEOUT}'`)
      await work()
      await client.query('commit')
      return
    } catch (error) {
      // Where the connection died there is nothing to take back, and what it died of is thrown.
      await client.query('rollback').catch(() => undefined)
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
      if (sqlState(cause) !== LOCK_NOT_AVAILABLE || attempt === LOCK_ATTEMPTS) throw error
      await wait(200 * attempt)
    }
  }
}
