/** The whole house in one process: databases, systems, simulators, one HTTP server. */
import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { type Clock, systemClock } from '../kernel/clock.ts'
import { type Log, silentLog } from '../kernel/log.ts'
import { createHttpServer } from '../platform/http/server.ts'
import { createLog } from '../platform/log/log.ts'
import type { OpenedSystem, SystemContext } from '../platform/system.ts'
import { VERSION } from '../platform/version.ts'
import type { Database } from '../postgres/database.ts'
import { freePort } from '../postgres/embedded.ts'
import { isConnectionLoss } from '../postgres/errors.ts'
import { probe } from '../postgres/health.ts'
import { migrateUp } from '../postgres/migrate/run.ts'
import type { Configuration } from './configuration.ts'
import {
  checkApplicationRights,
  type DatabaseAt,
  locateDatabases,
  openedAs,
  openForApplication,
  systemContext,
  withOwners,
} from './databases.ts'
import { frontPage } from './front-page.ts'
import { claimInstance, releaseInstance } from './instance.ts'

export interface House {
  readonly url: string
  readonly logFile: string | undefined
  /** No new work; what runs is finished or given back; everything is closed. */
  stop(): Promise<void>
}

export class AlreadyRunning extends Error {
  override readonly name = 'AlreadyRunning'
}

/** Says what is being done, for a person who waits. */
export type Say = (text: string) => void

/** @throws AlreadyRunning, ConfigurationError, MigrationFailed. Nothing is left open where it throws. */
export async function startHouse(
  configuration: Configuration,
  say: Say,
  clock: Clock = systemClock,
): Promise<House> {
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
    const { all, server } = await locateDatabases(configuration, manifests)
    if (server) closers.push(() => server.stop())
    const away = await migrate(all, say, log)

    const databases = new Map(all.map((at) => [at.manifest.name, openForApplication(at, clock, log)]))
    closers.push(async () => {
      await Promise.all([...databases.values()].map((database) => database.close()))
    })
    for (const [name, database] of databases) if (!away.has(name)) await checkApplicationRights(database, log)
    const context = systemContext(configuration, { clock, log, local, opened: databases })
    say('loading seeds')
    const demo = configuration.NIAGA_DEMO && configuration.NIAGA_ENVIRONMENT === 'development'
    // Seeds hand out what the running application may not: roles, balances, vouchers.
    await withOwners(all, clock, log, async (owners) => {
      const asOwner = { ...context, database: (name: string) => openedAs(owners, name) }
      for (const system of systems) await system.seed(asOwner, { demo })
    })
    const opened: OpenedSystem[] = []
    for (const manifest of systems) {
      const metrics = context.metrics.of(manifest.name)
      opened.push({ manifest, running: await manifest.open({ ...context, metrics }) })
    }

    let ready = false
    const http = await serve(configuration, context, opened, databases, () => ready)
    closers.push(() => http.close())
    await http.listen({ host: configuration.NIAGA_HOST, port })
    for (const { running } of opened) {
      closers.push(() => running.stop())
      await running.start()
    }
    ready = true
    log.info({ url: local, version: VERSION }, 'ready')
    return { url: local, logFile, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Answers the databases that are away, of those that may be. */
async function migrate(all: readonly DatabaseAt[], say: Say, log: Log): Promise<ReadonlySet<string>> {
  const away = new Set<string>()
  for (const { manifest, url } of all) {
    say(`migrating ${manifest.name}`)
    try {
      await migrateUp(url, manifest, {
        onStep: ({ component, version, name }) =>
          say(`migrating ${manifest.name}: ${component} ${version}_${name}`),
        onWait: () => say(`another process migrates ${manifest.name}; waiting`),
      })
    } catch (error) {
      if (!manifest.mayBeAway || !isConnectionLoss(error)) throw error
      away.add(manifest.name)
      say(`${manifest.name} is away: ${manifest.system} starts without it`)
      log.error({ database: manifest.name, error: String(error) }, 'away at start; not migrated')
    }
  }
  return away
}

async function serve(
  configuration: Configuration,
  context: SystemContext,
  opened: readonly OpenedSystem[],
  databases: ReadonlyMap<string, Database>,
  ready: () => boolean,
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
  for (const { manifest, running } of opened) {
    const routes: FastifyPluginAsync = async (scope) => {
      scope.decorate('system', manifest.name)
      await running.routes(scope)
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
