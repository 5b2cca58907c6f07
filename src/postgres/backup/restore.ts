/**
 * Restores a backup into empty databases, all of them or none: every file is checked before anything is touched, the
 * data are loaded in one transaction per database, and the transactions commit together at the end.
 */
import { readFile } from 'node:fs/promises'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import * as copy from 'pg-copy-streams'
import { type Catalog, readCatalog } from '../catalog/catalog.ts'
import { compareCatalogs, describeDifference } from '../catalog/compare.ts'
import { databaseName } from '../connection.ts'
import { openDatabase } from '../database.ts'
import { sqlState } from '../errors.ts'
import { isSqlComponent } from '../manifest.ts'
import { runFile } from '../migrate/history.ts'
import { emptyDatabase, migrateUp } from '../migrate/run.ts'
import { connected } from '../session.ts'
import { type ArchivedDatabase, type ArchivedTable, type BackupManifest, BackupRefused } from './archive.ts'
import { checkBackup, versionsFor } from './check.ts'
import { PLAIN_TEXT, qualified } from './contents.ts'
import type { BackupProgress, Source } from './create.ts'
import type { BackupKey } from './encryption.ts'
import { load } from './streams.ts'

export interface RestoreOptions {
  readonly system: string
  readonly folder: string
  readonly key?: BackupKey | undefined
  /** The empty databases, by the names that the backup knows. */
  readonly targets: readonly Source[]
  readonly onProgress?: (progress: BackupProgress) => void
  readonly onStage?: (text: string) => void
}

export interface RestoredBackup {
  readonly manifest: BackupManifest
  /** Settings that the databases had and that were refused here: "db_store1: log_min_duration_statement=100". */
  readonly settingsLeftOut: readonly string[]
}

const INSUFFICIENT_PRIVILEGE = '42501'

/**
 * Leaves the databases migrated to the newest files, with the data of the backup.
 * @throws BackupRefused before anything was touched; any other error leaves the databases as empty as they were.
 */
export async function restoreBackup(given: RestoreOptions): Promise<RestoredBackup> {
  const { folder, system, targets, onStage = () => undefined } = given
  const manifest = await checkBackup(folder, system, given.key, (percent) =>
    onStage(`checking the backup: ${percent} %`),
  )
  const options = { ...given, key: manifest.keyId === null ? undefined : given.key }
  const pairs = await pair(manifest, targets)
  for (const { target } of pairs) await refuseUnlessEmpty(target)
  try {
    for (const one of pairs) {
      onStage(`migrating ${one.archived.name} to the versions of the backup`)
      await migrateUp(one.target.url, one.target.manifest, { only: one.versions })
      await refuseUnlessFitting(one, options)
    }
    await loadAll(pairs, options)
    const settingsLeftOut: string[] = []
    for (const one of pairs) {
      onStage(`migrating ${one.archived.name} to the newest version`)
      await migrateUp(one.target.url, one.target.manifest)
      settingsLeftOut.push(...(await afterwards(one)))
    }
    return { manifest, settingsLeftOut }
  } catch (error) {
    // Where the server itself is gone that fails too, and says less than what came before.
    await Promise.allSettled(pairs.map(({ target }) => emptyDatabase(target.url)))
    throw error
  }
}

interface Pair {
  readonly archived: ArchivedDatabase
  readonly target: Source
  readonly versions: Awaited<ReturnType<typeof versionsFor>>
}

async function pair({ databases, niaga }: BackupManifest, targets: readonly Source[]): Promise<Pair[]> {
  const names = targets.map(({ manifest }) => manifest.name)
  const unknown = databases.filter(({ name }) => !names.includes(name))
  if (unknown.length > 0)
    throw new BackupRefused(`there is no database ${unknown.map(({ name }) => name).join(', ')}`)
  const pairs: Pair[] = []
  for (const target of targets) {
    const archived = databases.find(({ name }) => name === target.manifest.name)
    if (!archived) throw new BackupRefused(`it does not hold ${target.manifest.name}`)
    pairs.push({ archived, target, versions: await versionsFor(archived, target.manifest, niaga) })
  }
  return pairs
}

async function refuseUnlessEmpty({ url, manifest: { name } }: Source): Promise<void> {
  const client = await connected(url, 'niaga restore')
  try {
    const { rows } = await client.query<{ count: number; some: string | null }>(
      `select count(*)::int4 as count, (array_agg(n.nspname || '.' || c.relname order by 1))[1] as some
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`,
    )
    const { count = 0, some = null } = rows[0] ?? {}
    if (count === 0) return
    throw new BackupRefused(
      `${name} (${databaseName(url)}) is not empty: it holds ${some} and ${count - 1} more. A restore writes into an ` +
        `empty database only; if what it holds may go: niaga migrate reset --database ${name}`,
    )
  } finally {
    await client.end()
  }
}

/** What the data need: the same tables, columns, types, sequences and triggers. Indexes and grants may differ. */
const NEEDED = new Set(['table', 'column', 'sequence', 'type', 'trigger'])

async function refuseUnlessFitting(
  { archived, target }: Pair,
  { folder, key }: RestoreOptions,
): Promise<void> {
  const { manifest, url } = target
  const before: Catalog = JSON.parse(await textOf(folder, archived.catalog.path, key))
  const db = openDatabase({ name: manifest.name, url, errors: manifest.errors })
  try {
    const differences = compareCatalogs(before, await readCatalog(db)).filter(
      ({ object, change, detail }) =>
        NEEDED.has(object.split(' ')[0] ?? '') && (change !== 'changed' || detail?.startsWith('type')),
    )
    if (differences.length === 0) return
    const first = differences.slice(0, 10).map((one) => `\n- ${describeDifference(one)}`)
    throw new BackupRefused(`${manifest.name} was otherwise than its migrations make it:${first.join('')}`)
  } finally {
    await db.close()
  }
}

async function textOf(folder: string, path: string, key: BackupKey | undefined): Promise<string> {
  const parts: Buffer[] = []
  const sink = new Writable({
    write(data: Buffer, _, done) {
      parts.push(data)
      done()
    },
  })
  await load(sink, { folder, path, key })
  return Buffer.concat(parts).toString('utf8')
}

async function loadAll(pairs: readonly Pair[], options: RestoreOptions): Promise<void> {
  const clients: pg.Client[] = []
  const total = pairs
    .flatMap(({ archived }) => archived.tables)
    .reduce((sum, { file }) => sum + file.bytes, 1)
  let read = 0
  const tell = (bytes: number) => {
    read += bytes
    return { bytes: read, percent: Math.min(100, Math.floor((read / total) * 100)) }
  }
  try {
    for (const one of pairs) {
      const client = await connected(one.target.url, 'niaga restore')
      clients.push(client)
      await client.query('begin')
      await silenceTriggers(client)
      await client.query(PLAIN_TEXT)
      await loadDatabase(client, one, options, tell)
    }
    // Everything is in; what can still fail between two commits is the server itself.
    for (const client of clients) await client.query('commit')
  } finally {
    await Promise.all(clients.map((client) => client.end().catch(() => undefined)))
  }
}

/** Triggers did their work when the rows were first written; a second time they would post and audit it all again. */
async function silenceTriggers(client: pg.ClientBase): Promise<void> {
  try {
    await client.query('set local session_replication_role = replica')
  } catch (error) {
    if (sqlState(error) !== INSUFFICIENT_PRIVILEGE) throw error
    throw new BackupRefused(
      'the login may not silence triggers. Let an administrator run: grant set on parameter session_replication_role to <owner>',
      { cause: error },
    )
  }
}

async function loadDatabase(
  client: pg.Client,
  { archived, target }: Pair,
  { folder, key, onProgress }: RestoreOptions,
  tell: (bytes: number) => { bytes: number; percent: number },
): Promise<void> {
  const { tables, sequences, name } = archived
  // Migrations put rows in too; the backup has them as they had become.
  await client.query(`truncate ${tables.map((table) => qualified(table.schema, table.name)).join(', ')}`)
  for (const table of tables) {
    let reached = tell(0)
    await loadTable(client, table, { folder, path: table.file.path, key }, (bytes) => {
      reached = tell(bytes)
    })
    onProgress?.({ database: name, table: `${table.schema}.${table.name}`, rows: table.rows, ...reached })
  }
  for (const { schema, name: sequence, last, called } of sequences) {
    await client.query('select setval($1::regclass, $2::bigint, $3)', [
      qualified(schema, sequence),
      last,
      called,
    ])
  }
  for (const component of target.manifest.components) {
    const there = !isSqlComponent(component) || (archived.components[component.name]?.length ?? 0) > 0
    if (!component.restored || !there) continue
    await runFile(client, fileURLToPath(component.restored), await readFile(component.restored, 'utf8'))
  }
}

async function loadTable(
  client: pg.Client,
  { schema, name, columns, rows, file }: ArchivedTable,
  place: { folder: string; path: string; key: BackupKey | undefined },
  tell: (bytes: number) => void,
): Promise<void> {
  const list = columns.map((column) => pg.escapeIdentifier(column)).join(', ')
  const stream = client.query(copy.from(`copy ${qualified(schema, name)} (${list}) from stdin`))
  await load(stream, place, tell)
  if (stream.rowCount !== rows) {
    throw new BackupRefused(`${file.path} has ${stream.rowCount} rows; the manifest says ${rows}`)
  }
}

/** Values that are lists of names, stored as they were written: `"$user", public`. */
const LIST_SETTINGS = new Set(['search_path', 'temp_tablespaces'])

/** An administrator's, one that this server does not know, or a value that it does not take. */
const REFUSED_SETTING = new Set([INSUFFICIENT_PRIVILEGE, '42704', '22023'])

/** The database's own settings, and statistics for the planner, which a load leaves behind. Answers those refused. */
async function afterwards({ archived, target: { url } }: Pair): Promise<string[]> {
  const client = await connected(url, 'niaga restore')
  const database = pg.escapeIdentifier(databaseName(url))
  const refused: string[] = []
  try {
    for (const setting of archived.settings) {
      const [name = '', ...rest] = setting.split('=')
      const value = rest.join('=')
      const plain = LIST_SETTINGS.has(name) && /^[\w$", ]+$/.test(value)
      await client
        .query(
          `alter database ${database} set ${pg.escapeIdentifier(name)} = ${plain ? value : pg.escapeLiteral(value)}`,
        )
        .catch((error: unknown) => {
          if (!REFUSED_SETTING.has(sqlState(error) ?? '')) throw error
          refused.push(`${archived.name}: ${setting}`)
        })
    }
    await client.query('analyze')
    return refused
  } finally {
    await client.end()
  }
}
