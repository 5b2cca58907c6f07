/** Where each database lives, and opening them. */
import { join } from 'node:path'
import { type Clock, systemClock } from '../kernel/clock.ts'
import { fail } from '../kernel/errors.ts'
import { type Log, silentLog } from '../kernel/log.ts'
import { createMetrics } from '../platform/http/metrics.ts'
import type { SystemContext, SystemManifest } from '../platform/system.ts'
import { withDatabase } from '../postgres/connection.ts'
import { type Database, openDatabase } from '../postgres/database.ts'
import { type EmbeddedServer, startEmbedded } from '../postgres/embedded.ts'
import type { DatabaseManifest } from '../postgres/manifest.ts'
import { ensureDatabase } from '../postgres/migrate/run.ts'
import { type Configuration, loadConfiguration, urlVariable } from './configuration.ts'
import { runningInstance } from './instance.ts'
import { systems } from './systems.ts'

export interface DatabaseAt {
  readonly manifest: DatabaseManifest
  readonly url: string
}

export interface Databases {
  readonly all: readonly DatabaseAt[]
  /** Undefined where every database is elsewhere. */
  readonly server: EmbeddedServer | undefined
}

export interface Selection {
  readonly system?: string
  readonly database?: string
  /** The name a document prints for a database, "auth-service". */
  readonly service?: string
}

/** @throws not_found naming what there is, where the selection fits nothing. */
export function selectManifests(selection: Selection): DatabaseManifest[] {
  const all = systems.flatMap((system) => system.databases)
  const chosen = all.filter(
    (manifest) =>
      (selection.system === undefined || manifest.system === selection.system) &&
      (selection.database === undefined || manifest.name === selection.database) &&
      (selection.service === undefined || manifest.service === selection.service),
  )
  if (chosen.length > 0) return chosen
  const there = all.map((manifest) => `${manifest.system}/${manifest.name}`).join(', ')
  throw fail('not_found', {}, { cause: new Error(`no database fits; there are ${there}`) })
}

/** Finds a URL for each database, with the embedded server started where one is needed. */
export async function locateDatabases(
  configuration: Configuration,
  manifests: readonly DatabaseManifest[],
): Promise<Databases> {
  const given = manifests.map((manifest) => ({ manifest, url: givenUrl(configuration, manifest) }))
  let serverUrl = configuration.NIAGA_POSTGRES_URL
  let server: EmbeddedServer | undefined
  if (serverUrl === undefined && given.some(({ url }) => url === undefined)) {
    server = await startEmbedded(join(configuration.NIAGA_DATA, 'postgres'))
    serverUrl = server.url
  }
  const all: DatabaseAt[] = []
  for (const { manifest, url } of given) {
    if (url !== undefined) all.push({ manifest, url })
    else if (serverUrl !== undefined) {
      await ensureDatabase(serverUrl, manifest.name)
      all.push({ manifest, url: withDatabase(serverUrl, manifest.name) })
    }
  }
  return { all, server }
}

function givenUrl({ environment }: Configuration, manifest: DatabaseManifest): string | undefined {
  const names = [urlVariable(manifest.name), ...manifest.urlVariables]
  return names.map((name) => environment[name]?.trim()).find((url) => url)
}

/** For one command: opens what it names and leaves everything as it was found. */
export async function withDatabases<T>(
  configuration: Configuration,
  manifests: readonly DatabaseManifest[],
  work: (databases: readonly DatabaseAt[]) => Promise<T>,
): Promise<T> {
  const { all, server } = await locateDatabases(configuration, manifests)
  try {
    return await work(all)
  } finally {
    // A server that ran before us belongs to somebody, as does one that an application adopted meanwhile.
    if (server && !server.adopted && !(await runningInstance(configuration.NIAGA_DATA))) await server.stop()
  }
}

export function openAt({ manifest, url }: DatabaseAt, clock: Clock, log: Log): Database {
  return openDatabase({ name: manifest.name, url, errors: manifest.errors, clock, log })
}

/** For one command on a whole system: its databases open, nothing of it running. */
export async function withSystem<T>(
  configuration: Configuration,
  system: SystemManifest,
  clock: Clock,
  log: Log,
  work: (context: SystemContext) => Promise<T>,
): Promise<T> {
  return await withDatabases(configuration, system.databases, async (located) => {
    const opened = new Map(located.map((at) => [at.manifest.name, openAt(at, clock, log)]))
    const local = `http://localhost:${configuration.NIAGA_PORT}`
    try {
      return await work(systemContext(configuration, { clock, log, local, opened }))
    } finally {
      await Promise.all([...opened.values()].map((database) => database.close()))
    }
  })
}

export interface ContextParts {
  readonly clock: Clock
  readonly log: Log
  /** Where this server is reached from this machine. */
  readonly local: string
  readonly opened: ReadonlyMap<string, Database>
}

export function systemContext(
  { environment, NIAGA_DATA, NIAGA_PUBLIC_URL }: Configuration,
  { clock, log, local, opened }: ContextParts,
): SystemContext {
  return {
    environment,
    clock,
    log,
    metrics: createMetrics(log),
    dataDirectory: NIAGA_DATA,
    baseUrl: local,
    publicUrl: NIAGA_PUBLIC_URL ?? local,
    database(name) {
      const database = opened.get(name)
      if (!database) throw new TypeError(`no system declares a database ${name}`)
      return database
    },
  }
}

/** For one command on one database: opened, used, closed. */
export async function withOpenDatabase<T>(name: string, work: (db: Database) => Promise<T>): Promise<T> {
  return await withDatabases(loadConfiguration(), selectManifests({ database: name }), async ([at]) => {
    if (!at) throw fail('not_found')
    const database = openAt(at, systemClock, silentLog)
    try {
      return await work(database)
    } finally {
      await database.close()
    }
  })
}
