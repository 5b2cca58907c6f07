/**
 * Real databases for tests: each test file works in its own clone of a migrated template, made in milliseconds.
 *
 * The server lives in `.niaga/test` and is shared by all test processes; templates are named by the content of
 * their migrations, so that a changed file makes a new one and nothing else does.
 */
import { createHash, randomBytes } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, afterEach } from 'node:test'
import pg from 'pg'
import { type Clock, systemClock } from '../src/kernel/clock.ts'
import { APPLICATION_ROLE, openToApplication } from '../src/postgres/application-role.ts'
import { databaseName, withDatabase } from '../src/postgres/connection.ts'
import { type Database, openDatabase } from '../src/postgres/database.ts'
import { type EmbeddedServer, startEmbedded } from '../src/postgres/embedded.ts'
import { type DatabaseManifest, isSqlComponent } from '../src/postgres/manifest.ts'
import { readComponent } from '../src/postgres/migrate/files.ts'
import { migrateUp } from '../src/postgres/migrate/run.ts'
import { leakedClients, tripWires } from './trip-wires.ts'

const DIRECTORY = join(import.meta.dirname, '..', '.niaga', 'test')

/** Safe here only: the machine would have to lose power in the middle of a test to notice. */
const FAST = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  // Nobody reads its log but itself, and no checkpoint falls into a run by the clock.
  wal_level: 'minimal',
  max_wal_senders: '0',
  checkpoint_timeout: '1h',
}

/**
 * Starts the shared server, or finds it running. Whoever started it for the run stops it. `NIAGA_TEST_POSTGRES_URL` names
 * another one, as a superuser: for other versions of PostgreSQL.
 */
export async function startTestServer(): Promise<EmbeddedServer> {
  const url = process.env.NIAGA_TEST_POSTGRES_URL
  if (url) return { url, dataDirectory: '', adopted: true, isUp: () => true, stop: async () => undefined }
  return await startEmbedded(DIRECTORY, FAST)
}

/** Throws the shared server's files away; for the start of a whole run. */
export async function forgetTestServer(): Promise<void> {
  await rm(DIRECTORY, { recursive: true, force: true })
}

export interface TestDatabase {
  /** Its manifest's name: "db_store1". */
  readonly name: string
  readonly url: string
  /** As the owner: may do everything, also damage. */
  readonly db: Database
  /** As the running application is: with its login and its rights. */
  readonly application: Database
}

/**
 * A migrated database of this test file's own: `const shop = await testDatabase(manifest)` at its top.
 * It is dropped after the last test; where one failed it is kept and its name printed. Then the trip-wires:
 * the ledger verifies, no client is left open, no job has failed for good.
 */
export async function testDatabase(
  manifest: DatabaseManifest,
  clock: Clock = systemClock,
): Promise<TestDatabase> {
  const url = await cloneDatabase(manifest)
  const db = openDatabase({ name: manifest.name, url, errors: manifest.errors, clock })
  const application = openDatabase({
    name: manifest.name,
    url: await applicationUrl(url),
    role: APPLICATION_ROLE,
    errors: manifest.errors,
    clock,
  })
  let failed = false
  afterEach((t) => {
    if ('passed' in t && t.passed === false) failed = true
  })
  after(async () => {
    const problems = [...(await tripWires(db)), ...leakedClients(application)]
    await Promise.all([db.close(), application.close()])
    if (failed || problems.length > 0) console.error(`kept for you to look at: ${url}`)
    else await dropDatabase(url)
    if (problems.length > 0) throw new Error(`trip-wires of ${manifest.name}:\n${problems.join('\n')}`)
  })
  return { name: manifest.name, url, db, application }
}

/** The database through the login of the running application. */
export async function applicationUrl(url: string): Promise<string> {
  return withDatabase(await openToApplication(await startTestServer()), databaseName(url))
}

/** A clone by hand, for tests that start processes on it; drop it with `dropDatabase`. */
export async function cloneDatabase(manifest: DatabaseManifest): Promise<string> {
  const server = await startTestServer()
  const template = await ensureTemplate(server.url, manifest)
  const clone = `t_${manifest.name}_${randomBytes(4).toString('hex')}`
  await asAdmin(server.url, (client) => client.query(`create database ${clone} template ${template}`))
  return withDatabase(server.url, clone)
}

/** An empty database, for tests of the migrator itself. */
export async function emptyTestDatabase(): Promise<string> {
  const server = await startTestServer()
  const name = `t_empty_${randomBytes(4).toString('hex')}`
  await asAdmin(server.url, (client) => client.query(`create database ${name}`))
  return withDatabase(server.url, name)
}

export async function dropDatabase(url: string): Promise<void> {
  const name = new URL(url).pathname.slice(1)
  await asAdmin(withDatabase(url, 'postgres'), (client) => client.query(`drop database ${name} with (force)`))
}

async function ensureTemplate(serverUrl: string, manifest: DatabaseManifest): Promise<string> {
  const template = `tpl_${manifest.name}_${await contentHash(manifest)}`
  await asAdmin(serverUrl, async (client) => {
    // Test files run side by side; the first one makes the template, the others wait for it.
    await client.query('select pg_advisory_lock(hashtext($1))', [manifest.name])
    const { rowCount } = await client.query('select from pg_database where datname = $1', [template])
    if (rowCount) return
    const building = `${template}_new`
    await client.query(`drop database if exists ${building} with (force)`)
    await client.query(`create database ${building}`)
    await migrateUp(withDatabase(serverUrl, building), manifest)
    await client.query(`alter database ${building} rename to ${template}`)
  })
  return template
}

async function contentHash(manifest: DatabaseManifest): Promise<string> {
  const hash = createHash('sha256')
  for (const component of manifest.components) {
    if (!isSqlComponent(component)) {
      hash.update(await readFile(component.grants))
      continue
    }
    const files = await readComponent(component)
    for (const file of files.migrations) hash.update(file.version).update(file.checksum)
    for (const file of files.functions.values()) hash.update(file.file).update(file.hash)
  }
  return hash.digest('hex').slice(0, 12)
}

async function asAdmin<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
