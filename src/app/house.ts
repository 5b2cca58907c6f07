/** The whole house in one process: databases, systems, simulators, one HTTP server. */
import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { type Clock, systemClock } from '../kernel/clock.ts'
import { fail, isDomainError } from '../kernel/errors.ts'
import { type Log, silentLog } from '../kernel/log.ts'
import { together } from '../kernel/together.ts'
import { readAll } from '../platform/configuration.ts'
import { createHttpServer } from '../platform/http/server.ts'
import { startLoop } from '../platform/jobs/loop.ts'
import { createLog } from '../platform/log/log.ts'
import type { OpenedSystem, SystemContext, SystemManifest } from '../platform/system.ts'
import { VERSION } from '../platform/version.ts'
import type { Database } from '../postgres/database.ts'
import { freePort } from '../postgres/embedded.ts'
import { isConnectionLoss } from '../postgres/errors.ts'
import { probe } from '../postgres/health.ts'
import { migrateUp } from '../postgres/migrate/run.ts'
import { backupMetrics, backupWork } from './backup-job.ts'
import type { Configuration } from './configuration.ts'
import {
  checkApplicationRights,
  connectionRefusal,
  type DatabaseAt,
  locateDatabases,
  openedAs,
  openForApplication,
  startServer,
  systemContext,
  withOwners,
} from './databases.ts'
import { frontPage } from './front-page.ts'
import { AlreadyRunning, claimInstance, releaseInstance } from './instance.ts'
import { keepServer } from './keep-server.ts'
import { upkeepWork } from './upkeep-job.ts'

export interface House {
  readonly url: string
  readonly logFile: string | undefined
  /** Systems whose databases did not answer; each starts by itself once they do. */
  readonly late: readonly string[]
  /** No new work; what runs is finished or given back; everything is closed. */
  stop(): Promise<void>
}

/** Between two tries; longer and longer, to half a minute. */
const LATE_MS = 2_000
/** PostgreSQL that was stopped in order answers sooner. */
const RECOVERY_MS = 15_000

/** Says what is being done, for a person who waits. */
export type Say = (text: string) => void

/** @throws AlreadyRunning, ConfigurationError, MigrationFailed. Nothing is left open where it throws. */
export async function startHouse(
  configuration: Configuration,
  say: Say,
  clock: Clock = systemClock,
): Promise<House> {
  const { environment } = configuration
  readAll(configuration.systems.map((system) => () => system.checkEnvironment?.(environment)))
  const port = await freePort(configuration.NIAGA_PORT, configuration.NIAGA_HOST)
  const local = `http://${hostInUrl(configuration.NIAGA_HOST)}:${port}`
  const other = await claimInstance(configuration.NIAGA_DATA, local)
  if (other) throw new AlreadyRunning(`Niaga already runs at ${other.url}/ (process ${other.pid})`)

  const closers: (() => Promise<void>)[] = [() => releaseInstance(configuration.NIAGA_DATA)]
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close()
  }
  try {
    const { log, logFile } = openLog(configuration)
    const { systems } = configuration
    say('starting PostgreSQL')
    const manifests = systems.flatMap((system) => system.databases)
    // While PostgreSQL comes up there is time to read our own code; what cannot be read is told where it is opened.
    const loadCode = () => void Promise.allSettled(systems.map((system) => system.load()))
    const recovery = setTimeout(
      () => say('PostgreSQL is not up yet; after a crash it reads its log first'),
      RECOVERY_MS,
    )
    const { all, server } = await locateDatabases(configuration, manifests, loadCode).finally(() =>
      clearTimeout(recovery),
    )
    if (server) closers.push(keepServer(server, () => startServer(configuration), log))
    const databases = new Map(all.map((at) => [at.manifest.name, openForApplication(at, clock, log)]))
    closers.push(async () => {
      await Promise.all([...databases.values()].map((database) => database.close()))
    })
    const context = systemContext(configuration, { clock, log, local, opened: databases })
    const prepare = (system: SystemManifest) => prepareSystem(system, { configuration, all, context, say })
    const late = await prepareAll(systems, prepare, { say, log })
    const open = async (manifest: SystemManifest): Promise<OpenedSystem> => {
      const metrics = context.metrics.of(manifest.name)
      const works = [backupWork(configuration, manifest, all), upkeepWork(manifest, all)]
      const houseWork = {
        tasks: works.flatMap(({ tasks }) => tasks),
        cron: works.flatMap(({ cron }) => cron),
      }
      return { manifest, running: await manifest.open({ ...context, metrics, houseWork }) }
    }
    const opened = await together(systems.map(open))
    backupMetrics(context.metrics, configuration)

    let ready = false
    const isUp = ({ manifest }: OpenedSystem) => !late.has(manifest)
    const http = await serve(configuration, context, { opened, databases, ready: () => ready, isUp })
    closers.push(() => http.close())
    await http.listen({ host: configuration.NIAGA_HOST, port })
    for (const { running } of opened) closers.push(() => running.stop())
    await together(opened.filter(isUp).map(({ running }) => running.start()))
    for (const system of opened) {
      if (!isUp(system)) closers.push(startLate(system, late, prepare, log))
    }
    ready = true
    log.info({ url: local, version: VERSION }, 'ready')
    return { url: local, logFile, late: [...late].map(({ name }) => name), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

type Prepare = (system: SystemManifest) => Promise<void>

interface Preparing {
  readonly configuration: Configuration
  readonly all: readonly DatabaseAt[]
  readonly context: SystemContext
  readonly say: Say
}

/** Migrated, confined, seeded: after it the system may be opened for work. */
async function prepareSystem(
  system: SystemManifest,
  { configuration, all, context, say }: Preparing,
): Promise<void> {
  const { clock, log } = context
  const own = all.filter(({ manifest }) => system.databases.includes(manifest))
  const away = await migrate(own, say, log)
  const there = own.filter(({ manifest }) => !away.has(manifest.name))
  await together(there.map(({ manifest }) => checkApplicationRights(context.database(manifest.name), log)))
  say(`seeding ${system.name}`)
  const demo = configuration.NIAGA_DEMO && configuration.NIAGA_ENVIRONMENT === 'development'
  // Seeds hand out what the running application may not: roles, balances, vouchers.
  await withOwners(own, clock, log, (owners) =>
    system.seed({ ...context, database: (name: string) => openedAs(owners, name) }, { demo }),
  )
}

/**
 * All side by side. Answers the systems whose databases do not answer: the others do not wait for them.
 * @throws what stopped the first one: where none could be prepared, or by anything but an absence. Another one that
 * failed as well is said.
 */
async function prepareAll(
  systems: readonly SystemManifest[],
  prepare: Prepare,
  { say, log }: { readonly say: Say; readonly log: Log },
): Promise<Set<SystemManifest>> {
  const late = new Map<SystemManifest, unknown>()
  const failures: unknown[] = []
  const prepareOne = async (system: SystemManifest) => {
    try {
      await prepare(system)
    } catch (error) {
      if (!isAbsence(error)) {
        // The first is thrown and told by whoever catches it.
        if (failures.push(error) > 1) say(`${system.name}: ${String(error)}`)
        return
      }
      late.set(system, error)
      say(`${system.name}: its database does not answer`)
      log.error({ system: system.name, error: String(error) }, 'a system starts later: its database is away')
    }
  }
  await Promise.all(systems.map(prepareOne))
  if (failures.length > 0) throw failures[0]
  if (late.size === systems.length) throw [...late.values()][0]
  return new Set(late.keys())
}

function isAbsence(error: unknown): boolean {
  return isConnectionLoss(error) || isDomainError(error, 'unavailable')
}

/** Tries until the databases are there; then the system works as if it had been started with the others. */
function startLate(
  { manifest, running }: OpenedSystem,
  late: Set<SystemManifest>,
  prepare: Prepare,
  log: Log,
): () => Promise<void> {
  const loop = startLoop(`start ${manifest.name}`, LATE_MS, log, async (signal) => {
    await prepare(manifest)
    if (signal.aborted) return
    await running.start()
    void loop.stop()
    late.delete(manifest)
    log.info({ system: manifest.name }, 'its database is there: started')
  })
  return () => loop.stop()
}

/** All side by side. Answers the databases that are away, of those that may be. */
async function migrate(all: readonly DatabaseAt[], say: Say, log: Log): Promise<ReadonlySet<string>> {
  const away = new Set<string>()
  const one = async ({ manifest, url }: DatabaseAt) => {
    say(`migrating ${manifest.name}`)
    try {
      await migrateUp(url, manifest, {
        onStep: ({ component, version, name }) =>
          say(`migrating ${manifest.name}: ${component} ${version}_${name}`),
        onWait: () => say(`another process migrates ${manifest.name}; waiting`),
      })
    } catch (error) {
      if (!manifest.mayBeAway || !isConnectionLoss(error))
        throw connectionRefusal(error, manifest, url) ?? error
      away.add(manifest.name)
      say(`${manifest.name} is away: ${manifest.system} starts without it`)
      log.error({ database: manifest.name, error: String(error) }, 'away at start; not migrated')
    }
  }
  await together(all.map(one))
  return away
}

interface Serving {
  readonly opened: readonly OpenedSystem[]
  readonly databases: ReadonlyMap<string, Database>
  ready(): boolean
  /** Its databases have been there since the start, or are by now. */
  isUp(system: OpenedSystem): boolean
}

async function serve(
  configuration: Configuration,
  context: SystemContext,
  { opened, databases, ready, isUp }: Serving,
): Promise<FastifyInstance> {
  const { log, metrics, publicUrl } = context
  const app = await createHttpServer({
    log,
    errors: Object.assign({}, ...opened.map(({ manifest }) => manifest.errors)),
    version: VERSION,
    baseUrl: publicUrl,
    metrics,
    health: {
      ready,
      databases: async () =>
        await Promise.all(
          opened.flatMap(({ manifest }) =>
            manifest.databases.map(async ({ name }) => {
              const { ok, latencyMs } = await probe(context.database(name))
              return {
                system: manifest.name,
                name,
                status: ok ? ('up' as const) : ('down' as const),
                latency_ms: ok ? latencyMs : null,
              }
            }),
          ),
        ),
    },
    trustedProxies: configuration.NIAGA_TRUSTED_PROXIES,
  })
  frontPage(app, opened, [...databases.values()])
  for (const system of opened) {
    const routes: FastifyPluginAsync = async (scope) => {
      scope.decorate('system', system.manifest.name)
      scope.decorate('catalogue', system.manifest.errors)
      scope.addHook('onRequest', async () => {
        if (!isUp(system)) throw fail('unavailable')
      })
      await system.running.routes(scope)
    }
    await app.register(routes)
  }
  return app
}

/** In production lines go to the standard output; beside a person at a terminal, into a file. */
function openLog({ NIAGA_LOG_LEVEL, NIAGA_ENVIRONMENT, NIAGA_DATA }: Configuration): {
  log: Log
  logFile: string | undefined
} {
  if (NIAGA_LOG_LEVEL === 'silent') return { log: silentLog, logFile: undefined }
  if (NIAGA_ENVIRONMENT === 'production')
    return { log: createLog({ level: NIAGA_LOG_LEVEL }), logFile: undefined }
  mkdirSync(NIAGA_DATA, { recursive: true })
  const logFile = join(NIAGA_DATA, 'niaga.log')
  const destination = createWriteStream(logFile, { flags: 'a' })
  return { log: createLog({ level: NIAGA_LOG_LEVEL, destination }), logFile }
}

function hostInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
