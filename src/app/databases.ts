/** Where each database lives, and opening them. */
import { join } from 'node:path'
import type pg from 'pg'
import { type Clock, systemClock } from '../kernel/clock.ts'
import { type Log, silentLog } from '../kernel/log.ts'
import { ConfigurationError } from '../platform/configuration.ts'
import { createMetrics } from '../platform/http/metrics.ts'
import type { SystemContext, SystemManifest } from '../platform/system.ts'
import { APPLICATION_ROLE, openToApplication, rightsOf } from '../postgres/application-role.ts'
import { withCleanup } from '../postgres/cleanup.ts'
import { databaseName, maskedUrl, withDatabase } from '../postgres/connection.ts'
import { type Database, openDatabase } from '../postgres/database.ts'
import { type EmbeddedServer, startEmbedded } from '../postgres/embedded.ts'
import { sqlState } from '../postgres/errors.ts'
import type { DatabaseManifest } from '../postgres/manifest.ts'
import { ensureDatabase, missingDatabases } from '../postgres/migrate/run.ts'
import { Refusal } from './commands/refusal.ts'
import {
  applicationUrlVariable,
  type Configuration,
  loadConfiguration,
  urlVariable,
} from './configuration.ts'
import { runningInstance } from './instance.ts'

export interface DatabaseAt {
  readonly manifest: DatabaseManifest
  /** The owner's: migrations, seeds, commands. */
  readonly url: string
  /** The running application's; the owner's own where none is configured. */
  readonly applicationUrl: string
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

/** @throws Refusal naming what there is, where the selection fits nothing. */
export function selectManifests(
  { systems }: Pick<Configuration, 'systems'>,
  selection: Selection,
): DatabaseManifest[] {
  const all = systems.flatMap((system) => system.databases)
  const chosen = all.filter(
    (manifest) =>
      (selection.system === undefined || manifest.system === selection.system) &&
      (selection.database === undefined || manifest.name === selection.database) &&
      (selection.service === undefined || manifest.service === selection.service),
  )
  if (chosen.length > 0) return chosen
  const asked = (['system', 'database', 'service'] as const).flatMap((key) =>
    selection[key] === undefined ? [] : [`${key} ${selection[key]}`],
  )
  const there = all.map((manifest) => `${manifest.system}/${manifest.name}`)
  throw new Refusal(`there is no ${asked.join(' with ')}; there are ${there.join(', ')}`)
}

/** One system, or all of them. @throws Refusal naming what there is */
export function selectSystems(
  { systems }: Pick<Configuration, 'systems'>,
  name: string | undefined,
): readonly SystemManifest[] {
  const chosen = systems.filter((system) => name === undefined || system.name === name)
  if (chosen.length > 0) return chosen
  throw new Refusal(
    `there is no system ${name}; there are ${systems.map((system) => system.name).join(', ')}`,
  )
}

/**
 * Finds a URL for each database, with the embedded server started where one is needed. `onWait` is called while it comes
 * up and there is nothing to do but to wait for it.
 */
export async function locateDatabases(
  configuration: Configuration,
  manifests: readonly DatabaseManifest[],
  onWait?: () => void,
): Promise<Databases> {
  const given = manifests.map((manifest) => ({ manifest, url: givenUrl(configuration, manifest) }))
  let serverUrl = configuration.NIAGA_POSTGRES_URL
  let applicationUrl = configuration.NIAGA_POSTGRES_APP_URL ?? serverUrl
  let server: EmbeddedServer | undefined
  if (serverUrl === undefined && given.some(({ url }) => url === undefined)) {
    server = await startServer(configuration, onWait)
    serverUrl = server.url
    applicationUrl = await openToApplication(server)
  }
  if (serverUrl !== undefined) {
    const here = given.filter(({ url }) => url === undefined).map(({ manifest }) => manifest.name)
    await makeMissing(serverUrl, here)
  }
  const all: DatabaseAt[] = []
  for (const { manifest, url } of given) {
    const own = configuration.environment[applicationUrlVariable(manifest.name)]?.trim()
    if (url !== undefined) all.push({ manifest, url, applicationUrl: own || url })
    else if (serverUrl !== undefined && applicationUrl !== undefined) {
      all.push({
        manifest,
        url: withDatabase(serverUrl, manifest.name),
        applicationUrl: own || withDatabase(applicationUrl, manifest.name),
      })
    }
  }
  apart(all)
  return { all, server }
}

/** The embedded one of this data folder. */
export async function startServer(
  { NIAGA_DATA }: Configuration,
  onWait?: () => void,
): Promise<EmbeddedServer> {
  return await startEmbedded(join(NIAGA_DATA, 'postgres'), {}, onWait)
}

/** @throws ConfigurationError where one is missing and this login may not make it. */
async function makeMissing(serverUrl: string, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  for (const name of await missingDatabases(serverUrl, names)) {
    await ensureDatabase(serverUrl, name).catch((error: unknown) => {
      if (sqlState(error) !== '42501') throw error
      const owner = decodeURIComponent(new URL(serverUrl).username)
      throw new ConfigurationError([
        `${name}: is missing, and "${owner}" may not create it. Let an administrator run ` +
          `\`create database ${name} owner "${owner}"\`, or set ${urlVariable(name)}`,
      ])
    })
  }
}

/** Two systems in one database would be one business. @throws ConfigurationError */
function apart(all: readonly DatabaseAt[]): void {
  const place = ({ url }: DatabaseAt) => {
    const { hostname, port, pathname } = new URL(url)
    return `${hostname}:${port || '5432'}${pathname}`
  }
  const problems = all.flatMap((at, i) => {
    const other = all.slice(0, i).find((one) => place(one) === place(at))
    if (!other || other.manifest.system === at.manifest.system) return []
    const { name } = at.manifest
    return [`${urlVariable(name)}: ${name} would live where ${other.manifest.name} lives, ${place(at)}`]
  })
  if (problems.length > 0) throw new ConfigurationError(problems)
}

function givenUrl({ environment }: Configuration, manifest: DatabaseManifest): string | undefined {
  const names = [urlVariable(manifest.name), ...manifest.urlVariables]
  return names.map((name) => environment[name]?.trim()).find((url) => url) ?? manifest.urlOf?.(environment)
}

/** For one command: opens what it names and leaves everything as it was found. */
export async function withDatabases<T>(
  configuration: Configuration,
  manifests: readonly DatabaseManifest[],
  work: (databases: readonly DatabaseAt[]) => Promise<T>,
): Promise<T> {
  const locating = locateDatabases(configuration, manifests)
  return await withCleanup(
    async () => work((await locating).all),
    async () => {
      const server = (await locating.catch(() => undefined))?.server
      // A server that ran before us belongs to somebody, as does one that an application adopted meanwhile.
      if (server && !server.adopted && !(await runningInstance(configuration.NIAGA_DATA))) await server.stop()
    },
  )
}

/** invalid_password, invalid_authorization_specification; invalid_catalog_name: no such database. */
const LOGIN_REFUSED = new Set(['28P01', '28000'])
const NO_DATABASE = '3D000'

/** What an operator can do about a server that answers and does not let us in; undefined for anything else. */
export function connectionRefusal(
  error: unknown,
  { name }: DatabaseManifest,
  url: string,
): ConfigurationError | undefined {
  const state = sqlState(error) ?? ''
  const where = maskedUrl(url)
  if (state === NO_DATABASE) {
    const command = `create database ${databaseName(url)}`
    return new ConfigurationError([`${name}: ${where} is not there. Let an administrator run \`${command}\``])
  }
  if (!LOGIN_REFUSED.has(state)) return undefined
  return new ConfigurationError([`${name}: ${where} refuses the login; ${urlVariable(name)} names another`])
}

/** With the owner's rights: for commands. */
export function openAt({ manifest, url }: DatabaseAt, clock: Clock, log: Log): Database {
  return openDatabase({ name: manifest.name, url, errors: manifest.errors, clock, log })
}

/** With the rights of the running application, which cannot write the ledger or rewrite the audit. */
export function openForApplication(at: DatabaseAt, clock: Clock, log: Log): Database {
  const { manifest, applicationUrl: url } = at
  return openDatabase({
    name: manifest.name,
    url,
    errors: manifest.errors,
    clock,
    log,
    role: APPLICATION_ROLE,
  })
}

/**
 * Proves before anything runs that the application works with confined rights; logs where its login could shed them.
 * @throws ConfigurationError saying what to run or set.
 */
export async function checkApplicationRights({ name, connection }: Database, log: Log): Promise<void> {
  const variable = applicationUrlVariable(name)
  const rights = await rightsOf(connection).catch((error: unknown) => {
    const problem = roleRefusal(error, connection, variable)
    throw problem === undefined ? error : new ConfigurationError([`${name}: ${problem}`])
  })
  if (rights.unconfined) {
    throw new ConfigurationError([
      `${name}: the application would work with the rights of an owner, as ${rights.role}. Behind a pooler it cannot ` +
        `change its role: set ${variable} to a login that is ${APPLICATION_ROLE} or a member of it and owns nothing`,
    ])
  }
  if (rights.escapable) {
    log.warn(
      { database: name, login: rights.login, role: rights.role },
      `the application logs in as an owner and only works as ${rights.role}; ${variable} can give it a login of its own`,
    )
  }
}

/** invalid_parameter_value: no such role. insufficient_privilege: not ours to take. */
function roleRefusal(
  error: unknown,
  { connectionString }: pg.PoolConfig,
  variable: string,
): string | undefined {
  const state = sqlState(error)
  if (state !== '22023' && state !== '42501') return undefined
  const login = decodeURIComponent(new URL(connectionString ?? '').username)
  return (
    `the login "${login}" may not work as ${APPLICATION_ROLE}. Let an administrator run ` +
    `\`grant ${APPLICATION_ROLE} to "${login}"\`, or set ${variable} to a login that is a member of it`
  )
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
    const local = `http://localhost:${configuration.NIAGA_PORT}`
    return await withOwners(located, clock, log, async (opened) =>
      work(systemContext(configuration, { clock, log, local, opened })),
    )
  })
}

export type Opened = ReadonlyMap<string, Database>

/** Opens the databases with their owners' rights for as long as `work` takes. */
export async function withOwners<T>(
  located: readonly DatabaseAt[],
  clock: Clock,
  log: Log,
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  const opened = new Map(located.map((at) => [at.manifest.name, openAt(at, clock, log)]))
  try {
    return await work(opened)
  } finally {
    await Promise.all([...opened.values()].map((database) => database.close()))
  }
}

export interface ContextParts {
  readonly clock: Clock
  readonly log: Log
  /** Where this server is reached from this machine. */
  readonly local: string
  readonly opened: Opened
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
    houseWork: { tasks: [], cron: [] },
    database: (name) => openedAs(opened, name),
  }
}

export function openedAs(opened: Opened, name: string): Database {
  const database = opened.get(name)
  if (!database) throw new TypeError(`no system declares a database ${name}`)
  return database
}

/**
 * For one command on one database, or on all that have the component: opened, used one after the other, closed.
 * @throws Refusal where there is no such database, or it has no such component
 */
export async function withOpenDatabases<T>(
  component: 'jobs' | 'platform' | 'ledger',
  name: string | undefined,
  work: (db: Database) => Promise<T>,
): Promise<T[]> {
  const configuration = loadConfiguration()
  const has = ({ components }: DatabaseManifest) => components.some((one) => one.name === component)
  const named = selectManifests(configuration, name === undefined ? {} : { database: name })
  const manifests = named.filter(has)
  if (manifests.length === 0) {
    const there = selectManifests(configuration, {}).filter(has)
    throw new Refusal(
      `${name} has no ${component}; there is one in ${there.map((one) => one.name).join(', ')}`,
    )
  }
  return await withDatabases(configuration, manifests, async (located) =>
    withOwners(located, systemClock, silentLog, async (opened) => {
      const done: T[] = []
      for (const database of opened.values()) done.push(await work(database))
      return done
    }),
  )
}

/** The same for a command that is about one database. */
export async function withOpenDatabase(
  component: 'jobs' | 'platform' | 'ledger',
  name: string,
  work: (db: Database) => Promise<void>,
): Promise<void> {
  await withOpenDatabases(component, name, work)
}

/** Rows of several databases in one list, each with the name of its own. */
export async function rowsOf<Row extends object>(
  component: 'jobs' | 'platform' | 'ledger',
  name: string | undefined,
  read: (db: Database) => Promise<readonly Row[]>,
): Promise<({ readonly database: string } & Row)[]> {
  const found = await withOpenDatabases(component, name, async (db) =>
    (await read(db)).map((row) => ({ database: db.name, ...row })),
  )
  return found.flat()
}
