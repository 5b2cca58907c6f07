/**
 * The connections of the job queue.
 *
 * graphile-worker reports a finished job without waiting for the report, and tries again only for errors it
 * knows. A connection that the server drops at that moment would be an unhandled rejection, which ends the
 * process, or a finished job that stays locked. So every lost connection is shown to it as "cannot connect now",
 * which it retries until the server is back.
 */
import pg from 'pg'
import type { Log } from '../../kernel/log.ts'
import type { Database } from '../../postgres/database.ts'
import { isConnectionLoss } from '../../postgres/errors.ts'

const CANNOT_CONNECT_NOW = '57P03'
/** One for each job at a time; a smaller pool only makes the queue complain. */
const SIZE = 8

/** Reads the queue's ids as text, as graphile-worker expects them; ours are bigints. */
export function openJobPool(database: Database, log: Log): pg.Pool {
  const pool = new pg.Pool({ ...database.connection, types: pg.types, max: SIZE })
  const onError = (error: Error) => log.debug({ error: error.message }, 'a job connection was lost')
  pool.on('error', onError).on('connect', (client) => {
    client.on('error', onError)
    retryable(client, 'query')
  })
  return retryable(pool, 'connect', () => pool.ending)
}

/** The object with one method whose connection losses can be retried; once it `ended`, nobody waits any more. */
function retryable<T extends object>(owner: T, method: keyof T & string, ended = () => false): T {
  const original: unknown = owner[method]
  if (typeof original !== 'function') throw new TypeError(`${method} is not a method`)
  const wrapped = (...args: unknown[]): unknown => {
    if (ended()) return new Promise(() => undefined)
    const answer: unknown = Reflect.apply(original, owner, args)
    return answer instanceof Promise ? answer.catch(rethrow) : answer
  }
  return Object.assign(owner, { [method]: wrapped })
}

function rethrow(error: unknown): never {
  if (error instanceof Error && isConnectionLoss(error)) Object.assign(error, { code: CANNOT_CONNECT_NOW })
  throw error
}
