/**
 * Connection strings, also as Prisma writes them: `schema`, `sslmode`, `connection_limit`, `pool_timeout`
 * (seconds) and `pgbouncer=true` (no named statements, no start-up settings).
 */
import type pg from 'pg'
import { customTypes } from './types.ts'

/** About 4 per core: more connections only add waiting. */
const POOL_SIZE = 10
const POOL_TIMEOUT_S = 10
const STATEMENT_TIMEOUT_MS = 30_000
const LOCK_TIMEOUT_MS = 10_000
const IDLE_IN_TRANSACTION_MS = 60_000
/**
 * A new connection is a new process of the server, which reads the catalog and compiles every function it calls: 70 to
 * 100 ms of a processor here, for each connection of a rush that comes after a lull. Waiting costs 10 MB.
 */
const IDLE_CONNECTION_MS = 10 * 60_000
/** Before what stands between, a firewall or a cloud's balancer, forgets a connection that says nothing. */
const KEEP_ALIVE_MS = 60_000

export interface ConnectionSettings {
  readonly pool: pg.PoolConfig
  /** False behind a pooler that does not keep prepared statements. */
  readonly prepare: boolean
}

/**
 * With `role`, every connection works as that role from its first statement on, at no cost: it is a start-up setting.
 * A pooler passes none on; there the login itself must be confined.
 * @throws TypeError where the text is not a PostgreSQL URL.
 */
export function readUrl(url: string, role?: string): ConnectionSettings {
  const parsed = new URL(url)
  if (!/^postgres(ql)?:$/.test(parsed.protocol)) throw new TypeError('not a postgres:// URL')
  const taken = (name: string) => {
    const value = parsed.searchParams.get(name)
    parsed.searchParams.delete(name)
    return value
  }
  const pooled = taken('pgbouncer') === 'true'
  const schema = taken('schema')
  const max = Number(taken('connection_limit') ?? POOL_SIZE)
  const timeoutSeconds = Number(taken('pool_timeout') ?? POOL_TIMEOUT_S)
  // What the URL says itself would win over what is said here; so it is taken and both are said, the role last.
  const options = pooled
    ? []
    : [taken('options'), schema && `-c search_path=${schema}`, role && `-c role=${role}`].filter(Boolean)
  const settings = pooled
    ? {}
    : {
        statement_timeout: STATEMENT_TIMEOUT_MS,
        lock_timeout: LOCK_TIMEOUT_MS,
        idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
        ...(options.length > 0 ? { options: options.join(' ') } : {}),
      }
  return {
    prepare: !pooled,
    pool: {
      connectionString: parsed.href,
      max,
      connectionTimeoutMillis: timeoutSeconds * 1000,
      idleTimeoutMillis: IDLE_CONNECTION_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      application_name: 'niaga',
      types: customTypes,
      ...settings,
    },
  }
}

/** The URL without its password, for people and logs. */
export function maskedUrl(url: string): string {
  const parsed = new URL(url)
  if (parsed.password) parsed.password = '***'
  return parsed.href
}

/** The same server and database, another login. */
export function withLogin(url: string, user: string, password: string): string {
  const parsed = new URL(url)
  parsed.username = encodeURIComponent(user)
  parsed.password = encodeURIComponent(password)
  return parsed.href
}

/** The same server and login, another database. */
export function withDatabase(url: string, database: string): string {
  const parsed = new URL(url)
  parsed.pathname = `/${encodeURIComponent(database)}`
  return parsed.href
}

export function databaseName(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1))
}
