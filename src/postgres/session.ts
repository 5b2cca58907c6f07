/** One connection beside the pools, with none of their limits: a migration, a backup, upkeep, one question. */
import pg from 'pg'
import { readUrl } from './connection.ts'

/** The caller ends it. */
export async function connected(url: string, name: string): Promise<pg.Client> {
  const { connectionString } = readUrl(url).pool
  const client = calmClient({ connectionString, application_name: name })
  await client.connect()
  return client
}

/** Connected for as long as `work` takes. */
export async function withClient<T>(
  connection: pg.ClientConfig,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = calmClient(connection)
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end()
  }
}

/**
 * A connection that dies says so by an event as well as by its statement's failure, and an event that nobody hears ends
 * the whole process.
 */
function calmClient(connection: pg.ClientConfig): pg.Client {
  return new pg.Client(connection).on('error', () => undefined)
}
