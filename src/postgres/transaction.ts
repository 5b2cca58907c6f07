/** Transactions: the only place that makes a `Tx`, retries, and tells the database who asks and what time it is. */
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import type { Caller } from '../kernel/caller.ts'
import { fail } from '../kernel/errors.ts'
import { type Database, type Db, Statements } from './database.ts'
import { isRetryable, translate } from './errors.ts'
import { sql } from './sql.ts'

declare const inTx: unique symbol

/** A `Db` inside an open transaction; a function that needs one takes a `Tx`, and the pool does not fit. */
export interface Tx extends Db {
  readonly [inTx]: true
}

const ATTEMPTS = 6

/**
 * Runs `work` in one transaction and commits what it did. A throw undoes everything; after a deadlock or a
 * serialization failure the whole transaction is tried again, so `work` touches nothing but the database.
 * @throws unavailable where it never got through
 */
export async function inTransaction<T>(
  database: Database,
  caller: Caller,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(database, caller, work)
    } catch (error) {
      if (!isRetryable(error)) throw error
      // Nothing was done, and nothing is wrong but the crowd: whoever asked may ask again.
      if (attempt === ATTEMPTS) throw fail('unavailable', {}, { cause: error })
      // Jitter, so that the two that met do not meet again.
      await wait(Math.random() * 10 * 2 ** attempt)
    }
  }
}

/** As `inTransaction`, for what reads whole tables: its statements may take as long as there are rows. */
export async function inLongTransaction<T>(
  database: Database,
  caller: Caller,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  return await inTransaction(database, caller, async (tx) => {
    await tx.run(sql`set local statement_timeout = 0`)
    return await work(tx)
  })
}

async function once<T>(database: Database, caller: Caller, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await connect(database)
  let broken: Error | undefined
  // A connection that dies between two statements says so by an event; the next statement fails anyway.
  const onError = (error: Error) => {
    broken = error
  }
  client.on('error', onError)
  try {
    await client.query(`begin; ${settings(database, caller)}`)
    const result = await work(new Statements(() => client, database.errors, database.prepare) as Db as Tx)
    const { command } = await client.query('commit')
    // PostgreSQL answers ROLLBACK where a statement failed and somebody swallowed its error.
    if (command !== 'COMMIT') throw new Error('the transaction had failed and was rolled back')
    return result
  } catch (error) {
    await client.query('rollback').catch((lost: Error) => {
      broken = lost
    })
    throw translate(error, database.errors)
  } finally {
    client.off('error', onError)
    client.release(broken)
  }
}

async function connect(database: Database): Promise<pg.PoolClient> {
  try {
    return await database.pool.connect()
  } catch (error) {
    throw translate(error, database.errors)
  }
}

/** One round trip with BEGIN; local to the transaction, so safe behind a pooler. */
function settings(database: Database, caller: Caller): string {
  const local = {
    'niaga.actor_type': caller.type,
    'niaga.actor_id': caller.id,
    'niaga.correlation_id': caller.correlationId,
    'niaga.ip': caller.ip,
    'niaga.clock_offset': database.clock.offsetMs > 0 ? `${database.clock.offsetMs} ms` : undefined,
  }
  const calls = Object.entries(local)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([name, value]) => `set_config('${name}', ${pg.escapeLiteral(value)}, true)`)
  return `select ${calls.join(', ')}`
}
