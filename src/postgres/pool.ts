/** Pools that grow by one connection at a time. */
import pg from 'pg'

const AT_ONCE = 4
/** For so long a new connection keeps the next one from being opened. */
const WARMING_MS = 300

/**
 * pg opens a connection for every query that finds none free. Each is a new process of the server, which reads the
 * catalog and compiles whatever it calls: many at once take the processors from each other and from those that are
 * warm, so that still more queries find none free. So the first few are opened as they are asked for, and further ones
 * one after the other; meanwhile a query waits for a free one.
 */
export function openPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(config)
  const { max } = pool.options
  let warming: NodeJS.Timeout | undefined

  function allow(connections: number): void {
    pool.options.max = Math.min(Math.max(connections, AT_ONCE), max)
  }

  function grow(): void {
    allow(pool.totalCount + 1)
    if (pool.waitingCount === 0 || pool.totalCount === max || pool.ending) return
    // Who waits is served when a connection is given back, and would not hear of the room for another.
    pool.connect().then(
      (client) => client.release(),
      () => undefined,
    )
  }

  allow(AT_ONCE)
  pool.on('remove', () => allow(pool.totalCount + 1))
  pool.on('connect', () => {
    allow(pool.totalCount)
    clearTimeout(warming)
    warming = setTimeout(grow, WARMING_MS).unref()
  })
  return pool
}
