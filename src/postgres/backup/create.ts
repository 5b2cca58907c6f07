/**
 * Makes a backup: what all databases of a system held at one moment, while they go on working.
 *
 * No migration runs while a database is opened, and every table is locked before the snapshot, as readers lock it: who
 * changes, rewrites or truncates one later waits or gives up, since rows of a rewritten table are in no older snapshot.
 *
 * Each database is read in a snapshot of its own. Rows that one database carries into another (the audit) do so under
 * an advisory lock; it is held while the snapshots are taken, for milliseconds, so that none is on its way between two
 * of them: it is in the outbox or in the audit, never in neither.
 */
import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { type Catalog, readCatalog } from '../catalog/catalog.ts'
import { openDatabase } from '../database.ts'
import { sqlState } from '../errors.ts'
import { type DatabaseManifest, isSqlComponent } from '../manifest.ts'
import { allowMigrations, holdOffMigrations } from '../migrate/lock.ts'
import { connected } from '../session.ts'
import {
  type ArchivedDatabase,
  type ArchivedTable,
  type BackupManifest,
  BackupRefused,
  backupId,
  FORMAT,
  MANIFEST,
  PARTIAL,
  SEAL,
  sealOf,
} from './archive.ts'
import {
  bookkeeping,
  describeDatabase,
  PLAIN_TEXT,
  qualified,
  sequencesOf,
  type TableToCopy,
  tablesToCopy,
} from './contents.ts'
import type { BackupKey } from './encryption.ts'
import { store } from './streams.ts'

export interface Source {
  readonly manifest: DatabaseManifest
  /** The owner's: only the owner may read every table. */
  readonly url: string
}

export interface BackupProgress {
  readonly database: string
  readonly table: string
  readonly rows: number
  /** Read from the database so far, of all tables. */
  readonly bytes: number
  /** 0 to 100. */
  readonly percent: number
}

export interface CreateOptions {
  readonly system: string
  readonly sources: readonly Source[]
  /** Folder of all backups. */
  readonly root: string
  readonly key?: BackupKey | undefined
  readonly niagaVersion: string
  readonly onProgress?: (progress: BackupProgress) => void
  readonly signal?: AbortSignal
}

export interface CreatedBackup {
  readonly folder: string
  readonly manifest: BackupManifest
}

const LOCK_TIMEOUT = '30s'
const LOCK_NOT_AVAILABLE = '55P03'

/** @throws BackupRefused where another backup of the system is being made, or a migration does not end. */
export async function createBackup(options: CreateOptions): Promise<CreatedBackup> {
  const { root, system, key, niagaVersion } = options
  const opened = await openSnapshots(options)
  const home = join(root, system)
  const id = backupId(opened.takenAt, randomBytes(3).toString('hex'))
  const partial = join(home, `${PARTIAL}${id}`)
  try {
    await mkdir(home, { recursive: true, mode: 0o700 })
    // Nobody else makes one now, so what is half made was left by somebody who was killed.
    for (const name of await readdir(home)) {
      if (name.startsWith(PARTIAL)) await rm(join(home, name), { recursive: true })
    }
    const databases = await copyAll(opened.snapshots, partial, options)
    const manifest: BackupManifest = {
      format: FORMAT,
      niaga: niagaVersion,
      system,
      id,
      takenAt: opened.takenAt.toISOString(),
      finishedAt: new Date().toISOString(),
      keyId: key?.id ?? null,
      databases,
    }
    const text = `${JSON.stringify(manifest, null, 2)}\n`
    await writeDurably(join(partial, MANIFEST), text)
    await writeDurably(join(partial, SEAL), `${sealOf(text, key)}\n`)
    for (const {
      manifest: { name },
    } of options.sources)
      await syncFolder(join(partial, name))
    await syncFolder(partial)
    const folder = join(home, id)
    await rename(partial, folder)
    await syncFolder(home)
    return { folder, manifest }
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    throw error
  } finally {
    await opened.close()
  }
}

interface Snapshot extends Source {
  readonly client: pg.Client
  /** What the tables look like in it. */
  readonly catalog: Catalog
}

interface Opened {
  readonly snapshots: readonly Snapshot[]
  readonly takenAt: Date
  close(): Promise<void>
}

async function openSnapshots({ sources, system }: CreateOptions): Promise<Opened> {
  const clients: pg.Client[] = []
  const close = async () => {
    await Promise.all(clients.map((client) => client.end().catch(() => undefined)))
  }
  const connect = async (url: string) => {
    const client = await connected(url, 'niaga backup')
    clients.push(client)
    await client.query(`set lock_timeout = '${LOCK_TIMEOUT}'`)
    return client
  }
  try {
    const locked = []
    for (const source of sources) locked.push({ source, client: await lockTables(source, connect) })
    const barriers: pg.Client[] = []
    for (const { url, manifest } of sources) {
      const barrier = await connect(url)
      barriers.push(barrier)
      await barrier.query('begin')
      for (const name of relayLocks(manifest)) {
        await barrier.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [name])
      }
    }
    const takenAt = new Date()
    for (const { client } of locked) {
      // The first query takes the snapshot; the lock goes with the transaction, however this process ends.
      const { rows } = await client.query(
        'select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as alone',
        [`niaga.backup ${system}`],
      )
      if (rows[0]?.alone !== true) throw new BackupRefused(`another backup of ${system} is being made`)
      await client.query(PLAIN_TEXT)
    }
    await Promise.all(barriers.map((barrier) => barrier.query('rollback')))
    const snapshots: Snapshot[] = []
    for (const { source, client } of locked) {
      snapshots.push({ ...source, client, catalog: await catalogOf(source) })
      await allowMigrations(client)
    }
    return { snapshots, takenAt, close }
  } catch (error) {
    await close()
    if (sqlState(error) !== LOCK_NOT_AVAILABLE) throw error
    throw new BackupRefused(
      `a migration or another lock did not end within ${LOCK_TIMEOUT}: try again after it`,
      {
        cause: error,
      },
    )
  }
}

/** A transaction whose snapshot the first query will take. */
async function lockTables(
  { url, manifest }: Source,
  connect: (url: string) => Promise<pg.Client>,
): Promise<pg.Client> {
  const client = await connect(url)
  await holdOffMigrations(client)
  const tables = await tablesToCopy(client, bookkeeping(manifest))
  if (tables.length === 0) {
    throw new BackupRefused(`${manifest.name} holds no table: is it the right database, and migrated?`)
  }
  await client.query('begin isolation level repeatable read, read only')
  const names = tables.map(({ schema, name }) => qualified(schema, name))
  await client.query(`lock table ${names.join(', ')} in access share mode`)
  return client
}

async function catalogOf({ manifest, url }: Source): Promise<Catalog> {
  const db = openDatabase({ name: manifest.name, url, errors: manifest.errors })
  return await readCatalog(db).finally(() => db.close())
}

function relayLocks({ components }: DatabaseManifest): string[] {
  return components.flatMap((component) =>
    isSqlComponent(component) && component.relayLock !== undefined ? [component.relayLock] : [],
  )
}

async function copyAll(
  snapshots: readonly Snapshot[],
  folder: string,
  options: CreateOptions,
): Promise<ArchivedDatabase[]> {
  const plans = []
  for (const snapshot of snapshots) {
    // Before the tables: a sequence knows no snapshot, and a later look would be further ahead.
    const sequences = await sequencesOf(snapshot.client)
    const tables = await tablesToCopy(snapshot.client, bookkeeping(snapshot.manifest))
    plans.push({ snapshot, sequences, tables })
  }
  const total = plans.flatMap(({ tables }) => tables).reduce((sum, { bytes }) => sum + bytes, 1)
  let [passed, done] = [0, 0]
  const databases: ArchivedDatabase[] = []
  for (const { snapshot, sequences, tables } of plans) {
    const { name } = snapshot.manifest
    const archived: ArchivedTable[] = []
    for (const table of tables) {
      const copied = await copyTable(snapshot, table, folder, options, (bytes) => {
        passed += bytes
      })
      archived.push(copied)
      done += table.bytes
      options.onProgress?.({
        database: name,
        table: `${table.schema}.${table.name}`,
        rows: copied.rows,
        bytes: passed,
        percent: Math.min(100, Math.floor((done / total) * 100)),
      })
    }
    databases.push({
      name,
      ...(await describeDatabase(snapshot.client, snapshot.manifest)),
      catalog: await storeCatalog(snapshot, folder, options),
      tables: archived.toSorted((a, b) => (`${a.schema}.${a.name}` < `${b.schema}.${b.name}` ? -1 : 1)),
      sequences,
    })
  }
  return databases
}

async function copyTable(
  { client, manifest }: Snapshot,
  { schema, name, columns, partitioned }: TableToCopy,
  folder: string,
  { key, signal }: CreateOptions,
  tell: (bytes: number) => void,
): Promise<ArchivedTable> {
  const list = columns.map((column) => pg.escapeIdentifier(column)).join(', ')
  const rows = `${partitioned ? '' : 'only '}${qualified(schema, name)}`
  const stream = client.query(copyTo(`copy (select ${list} from ${rows}) to stdout`))
  const path = `${manifest.name}/${schema}.${name}.copy.zst`
  const file = await store(stream, { folder, path, key, signal }, tell)
  return { schema, name, columns, rows: stream.rowCount, file }
}

/** For the restore to compare with what its migrations make. */
async function storeCatalog({ manifest, catalog }: Snapshot, folder: string, { key, signal }: CreateOptions) {
  return await store(Readable.from([Buffer.from(JSON.stringify(catalog))]), {
    folder,
    path: `${manifest.name}/catalog.json.zst`,
    key,
    signal,
  })
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A name is on disk when its folder is; Windows has no such call. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  await folder.sync().finally(() => folder.close())
}
