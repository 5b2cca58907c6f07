/** Databases that live as long as one piece of work: for proofs, comparisons and drills. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { withDatabase } from './connection.ts'
import { startEmbedded } from './embedded.ts'
import { withClient } from './session.ts'

export interface Scratch {
  /** Makes an empty database and answers its URL; it is gone when the work is over. */
  database(name: string): Promise<string>
}

/** Safe for what is thrown away anyway. */
const FAST = { fsync: 'off' }

/**
 * Runs `work` with scratch databases: on a server of their own in a temporary folder, or on the one behind
 * `serverUrl`, whose login may make databases. Nothing is left behind.
 */
export async function withScratch<T>(
  work: (scratch: Scratch) => Promise<T>,
  { serverUrl, settings = FAST }: { serverUrl?: string | undefined; settings?: Record<string, string> } = {},
): Promise<T> {
  if (serverUrl !== undefined) return await onServer(serverUrl, work)
  const folder = await mkdtemp(join(tmpdir(), 'niaga-scratch-'))
  const server = await startEmbedded(folder, settings)
  try {
    return await onServer(server.url, work)
  } finally {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function onServer<T>(serverUrl: string, work: (scratch: Scratch) => Promise<T>): Promise<T> {
  const made: string[] = []
  const ask = (text: string) =>
    withClient({ connectionString: serverUrl }, async (client) => client.query(text))
  try {
    return await work({
      async database(name) {
        const own = `niaga_scratch_${name}_${randomBytes(4).toString('hex')}`
        await ask(`create database ${pg.escapeIdentifier(own)}`)
        made.push(own)
        return withDatabase(serverUrl, own)
      },
    })
  } finally {
    for (const name of made) await ask(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`)
  }
}
