/** What a figure was measured on; a figure without it says nothing. */
import { cpus, loadavg, release, totalmem } from 'node:os'
import pg from 'pg'

const SETTINGS = [
  'server_version',
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'wal_sync_method',
  'shared_buffers',
]

/** Lines for the head of a report: processor, memory, load, Node, and the server's version and durability. */
export async function describeMachine(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string; value: string }>(
      `select name, current_setting(name) as value from unnest($1::text[]) name`,
      [SETTINGS],
    )
    const cpu = cpus()[0]?.model ?? 'unknown processor'
    return [
      `${cpus().length} × ${cpu}, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}, Node ${process.version}`,
      `load before the run: ${loadavg()[0]?.toFixed(2)} (client and server share this machine)`,
      `PostgreSQL: ${rows.map(({ name, value }) => `${name} ${value}`).join(', ')}`,
    ]
  } finally {
    await client.end()
  }
}
