/** Keeps a number of connections busy for a while and counts. */
import pg from 'pg'
import { quantile } from './numbers.ts'

export interface Driven {
  /** Calls per second. */
  readonly rate: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** One call on one connection; `n` counts this connection's calls. Must throw where the call failed. */
export type Call = (client: pg.Client, connection: number, n: number) => Promise<unknown>

export async function drive(url: string, connections: number, seconds: number, call: Call): Promise<Driven> {
  const clients = await Promise.all(
    Array.from({ length: connections }, async () => {
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      return client
    }),
  )
  const latencies: number[] = []
  const start = performance.now()
  const end = start + seconds * 1000
  try {
    await Promise.all(
      clients.map(async (client, connection) => {
        for (let n = 0, before = performance.now(); before < end; n++) {
          await call(client, connection, n)
          const now = performance.now()
          latencies.push(now - before)
          before = now
        }
      }),
    )
    const elapsed = (performance.now() - start) / 1000
    return {
      rate: latencies.length / elapsed,
      p50Ms: quantile(latencies, 0.5),
      p99Ms: quantile(latencies, 0.99),
    }
  } finally {
    await Promise.all(clients.map((client) => client.end()))
  }
}
