/** A database: its pool, its statements, its errors, its notifications. */
import pg from 'pg'
import { type Clock, systemClock } from '../kernel/clock.ts'
import type { ErrorCatalogue } from '../kernel/errors.ts'
import { type Log, silentLog } from '../kernel/log.ts'
import { databaseName, readUrl } from './connection.ts'
import { isConnectionLoss, translate } from './errors.ts'
import { type Listener, openListener } from './listen.ts'
import { openPool } from './pool.ts'
import { type Sql, statementName } from './sql.ts'

/** What a query needs. Both the pool and a transaction are one. */
export interface Db {
  /** Exactly one row. @throws Error where there are none or several. */
  one<Row>(query: Sql): Promise<Row>
  /** @throws Error where there are several. */
  maybeOne<Row>(query: Sql): Promise<Row | undefined>
  many<Row>(query: Sql): Promise<Row[]>
  /** Answers how many rows were changed. */
  run(query: Sql): Promise<number>
}

export interface DatabaseOptions {
  /** The name its system knows it by, "db_store1"; the database behind the URL may be called otherwise. */
  readonly name: string
  readonly url: string
  /** As whom its statements run, if not as the login of the URL. */
  readonly role?: string
  /** Into whose words PostgreSQL's errors are translated. */
  readonly errors: ErrorCatalogue
  readonly clock?: Clock
  readonly log?: Log
}

/** A client, or what takes one for the length of a statement. */
interface Runner {
  query(config: pg.QueryConfig): Promise<pg.QueryResult>
}

/** Runs statements on whatever can run them and speaks the catalogue's errors. */
export class Statements implements Db {
  readonly #client: () => Runner
  readonly #errors: ErrorCatalogue
  readonly #prepare: boolean

  constructor(client: () => Runner, errors: ErrorCatalogue, prepare: boolean) {
    this.#client = client
    this.#errors = errors
    this.#prepare = prepare
  }

  async one<Row>(query: Sql): Promise<Row> {
    const row = await this.maybeOne<Row>(query)
    if (row === undefined) throw new Error(`expected one row, got none: ${query.text}`)
    return row
  }

  async maybeOne<Row>(query: Sql): Promise<Row | undefined> {
    const rows = await this.many<Row>(query)
    if (rows.length > 1) throw new Error(`expected one row, got ${rows.length}: ${query.text}`)
    return rows[0]
  }

  async many<Row>(query: Sql): Promise<Row[]> {
    const { rows } = await this.#send(query)
    // The one place where a row gets its type: the caller names it, from the generated tables.
    return rows as Row[]
  }

  async run(query: Sql): Promise<number> {
    const { rowCount } = await this.#send(query)
    return rowCount ?? 0
  }

  async #send(query: Sql): Promise<pg.QueryResult> {
    const name = this.#prepare ? statementName(query) : undefined
    const config = { text: query.text, values: [...query.values], ...(name ? { name } : {}) }
    try {
      return await this.#client().query(config)
    } catch (error) {
      throw translate(error, this.#errors)
    }
  }
}

export class Database extends Statements {
  readonly name: string
  readonly url: string
  readonly clock: Clock
  readonly errors: ErrorCatalogue
  readonly prepare: boolean
  readonly pool: pg.Pool
  /** How its own connections are made, for those beside the pool. */
  readonly connection: pg.PoolConfig
  readonly #log: Log
  #listener: Listener | undefined

  constructor(options: DatabaseOptions) {
    const { pool: config, prepare } = readUrl(options.url, options.role)
    const pool = openPool(config)
    const runner: Runner = { query: (config) => queryPooled(pool, config) }
    super(() => runner, options.errors, prepare)
    this.name = options.name
    this.url = options.url
    this.clock = options.clock ?? systemClock
    this.errors = options.errors
    this.prepare = prepare
    this.pool = pool
    this.connection = config
    this.#log = (options.log ?? silentLog).child({ database: options.name })
    // An idle client that loses its server is replaced at the next query; unheard, the event would end the process.
    pool.on('error', (error) => this.#log.warn({ error: error.message }, 'an idle connection was lost'))
    // A client handed from one user to the next has no listener of theirs for a moment, and one packet may bring the
    // end of the last answer together with the end of the connection.
    pool.on('connect', (client) =>
      client.on('error', (error) => this.#log.debug({ error: error.message }, 'a connection was lost')),
    )
  }

  /** The database's own name on the server. */
  get serverName(): string {
    return databaseName(this.url)
  }

  /**
   * Calls back for every NOTIFY on the channel, over one connection that is shared by all channels and
   * re-made when it is lost. Notifications sent while it is away are lost: whoever listens also sweeps.
   * Answers a function that stops listening.
   */
  async listen(channel: string, onNotify: (payload: string) => void): Promise<() => Promise<void>> {
    this.#listener ??= openListener(this.connection, this.#log)
    return this.#listener.subscribe(channel, onNotify)
  }

  async close(): Promise<void> {
    await this.#listener?.close()
    await this.pool.end()
  }
}

export function openDatabase(options: DatabaseOptions): Database {
  return new Database(options)
}

/**
 * pg's own `pool.query` ends the connection with every statement that the server refuses, and a new connection costs
 * as much as a hundred statements; here it ends only where it is broken.
 */
async function queryPooled(pool: pg.Pool, config: pg.QueryConfig): Promise<pg.QueryResult> {
  const client = await pool.connect()
  let broken: Error | undefined
  const onError = (error: Error) => {
    broken = error
  }
  client.on('error', onError)
  try {
    return await client.query(config)
  } catch (error) {
    const isRefusal = error instanceof pg.DatabaseError && !isConnectionLoss(error)
    if (!isRefusal) broken ??= error instanceof Error ? error : new Error(String(error))
    throw error
  } finally {
    client.off('error', onError)
    client.release(broken)
  }
}
