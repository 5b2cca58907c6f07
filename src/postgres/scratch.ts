/** Databases and a folder that live as long as one piece of work: for proofs, comparisons and drills. */
import { randomBytes } from 'node:crypto'
import { chmod, lstat, mkdir, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { withCleanup } from './cleanup.ts'
import { withDatabase } from './connection.ts'
import { isAlive, removeEmbedded, startEmbedded } from './embedded.ts'
import { withClient } from './session.ts'

export interface Scratch {
  /** An empty folder that nobody else may read. */
  readonly folder: string
  /** Makes an empty database and answers its URL. */
  database(name: string): Promise<string>
}

/** Safe for what is thrown away anyway. */
const FAST = { fsync: 'off' }

/** Whose it is stands in the name. */
const PLACE = /^niaga-scratch-(\d+)-[0-9a-f]{8}$/
const ours = new Set<string>()

/**
 * Runs `work` with scratch databases: on a server of their own in a temporary folder, or on the one behind
 * `serverUrl`, whose login may make databases. Nothing is left behind, also where a signal ends the process; what an
 * earlier one left in temporary folders because it was killed outright is removed first.
 */
export async function withScratch<T>(
  work: (scratch: Scratch) => Promise<T>,
  { serverUrl, settings = FAST }: { serverUrl?: string | undefined; settings?: Record<string, string> } = {},
): Promise<T> {
  await sweep()
  const place = await makePlace()
  const begun: Promise<unknown>[] = []
  const drops: string[] = []

  async function withServer(): Promise<T> {
    const starting = serverUrl === undefined ? startEmbedded(serverIn(place), settings) : { url: serverUrl }
    begun.push(Promise.resolve(starting))
    const { url } = await starting
    const database = async (name: string) => {
      const own = `niaga_scratch_${name}_${randomBytes(4).toString('hex')}`
      drops.push(`drop database if exists ${pg.escapeIdentifier(own)} with (force)`)
      const making = ask(url, `create database ${pg.escapeIdentifier(own)}`)
      begun.push(making)
      await making
      return withDatabase(url, own)
    }
    return await work({ folder: filesIn(place), database })
  }

  async function clean(): Promise<void> {
    // What a signal finds half made can be undone when it is whole.
    await Promise.allSettled(begun)
    try {
      // On a server of our own they go with it.
      if (serverUrl !== undefined) for (const drop of drops) await ask(serverUrl, drop)
    } finally {
      await remove(place)
    }
  }

  return await withCleanup(withServer, clean)
}

async function ask(url: string, text: string): Promise<void> {
  await withClient({ connectionString: url }, async (client) => client.query(text))
}

async function makePlace(): Promise<string> {
  const name = `niaga-scratch-${process.pid}-${randomBytes(4).toString('hex')}`
  ours.add(name)
  const place = join(tmpdir(), name)
  await mkdir(place)
  // The server's account passes through, where that is another one.
  await chmod(place, 0o711)
  await mkdir(filesIn(place), { mode: 0o700 })
  return place
}

const serverIn = (place: string) => join(place, 'postgres')
const filesIn = (place: string) => join(place, 'files')

/** Its server too, if that runs. */
async function remove(place: string): Promise<void> {
  await removeEmbedded(serverIn(place))
  await rm(place, { recursive: true, force: true })
}

/** Anybody may put something into the temporary folder: only what is our own account's is believed. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(PLACE.exec(name)?.[1])
    // In a container the same number comes again with every start.
    const inUse = pid === process.pid ? ours.has(name) : isAlive(pid)
    if (Number.isNaN(pid) || inUse) continue
    const place = join(tmpdir(), name)
    const found = await lstat(place).catch(() => undefined)
    // What cannot be removed stops nobody; another run may be at it as well.
    if (found?.uid === process.getuid?.()) await remove(place).catch(() => undefined)
  }
}
