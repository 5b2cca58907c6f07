/** One connection for one long piece of work: a backup, a restore, upkeep. */
import pg from 'pg'
import { readUrl } from './connection.ts'

/** A connection of its own, with none of the pools' limits. */
export async function connected(url: string, name: string): Promise<pg.Client> {
  const { connectionString } = readUrl(url).pool
  const client = new pg.Client({ connectionString, application_name: name })
  // A connection that dies between two statements says so by an event; the next statement fails anyway.
  client.on('error', () => undefined)
  await client.connect()
  return client
}
