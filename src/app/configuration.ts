/** What the house itself can be told by the environment or a `.env` file; systems add their own variables. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import {
  ConfigurationError,
  type Environment,
  flag,
  integer,
  list,
  oneOf,
  optional,
  readVariables,
  schedule,
  secret,
  text,
  url,
  type Values,
} from '../platform/configuration.ts'
import type { SystemManifest } from '../platform/system.ts'
import { envFile, ROOT } from './env-file.ts'
import { systemsOf } from './systems.ts'

const POSTGRES = ['postgres:', 'postgresql:']

const variables = {
  NIAGA_ENVIRONMENT: oneOf(
    'development allows commands that destroy data, and the demonstration set',
    ['development', 'production'],
    'development',
  ),
  NIAGA_HOST: text('address to listen on', /^[\w.:-]+$/, { fallback: '127.0.0.1' }),
  NIAGA_PORT: integer('port to listen on; the next free one where it is taken', 0, 65_535, 8080),
  NIAGA_PUBLIC_URL: optional(url('where browsers and gateways reach this server, if not by host and port')),
  NIAGA_DATA: text('folder for the embedded database and files', /^.+$/, { fallback: join(ROOT, '.niaga') }),
  NIAGA_POSTGRES_URL: optional(
    url('a PostgreSQL 15 to 18 server to use instead of the embedded one', POSTGRES),
  ),
  NIAGA_POSTGRES_APP_URL: optional(
    url('the same server with a login for the running application, that owns nothing', POSTGRES),
  ),
  NIAGA_SCRATCH_URL: optional(
    url('a server where commands may make databases of their own; a temporary embedded one else', POSTGRES),
  ),
  NIAGA_BACKUPS: optional(text('folder for backups, best on another disk; below NIAGA_DATA where unset')),
  NIAGA_BACKUP_KEY: optional(secret('base64 of 32 bytes: backups are encrypted with it', /^[\w+/-]{43}=?$/)),
  NIAGA_BACKUP_SCHEDULE: optional(
    schedule('when the running house makes backups, "15 2 * * *" in Asia/Jakarta; never where unset'),
  ),
  NIAGA_LOG_LEVEL: oneOf('how much is logged', ['debug', 'info', 'warn', 'error', 'silent'], 'info'),
  NIAGA_TRUSTED_PROXIES: list(
    'addresses of reverse proxies whose X-Forwarded-For is believed, commas between them',
  ),
  NIAGA_DEMO: flag('load the demonstration set at start', true),
}

export interface Configuration extends Values<typeof variables> {
  readonly environment: Environment
  readonly systems: readonly SystemManifest[]
}

/**
 * Reads the variables of the house and of every system.
 * @throws ConfigurationError with all problems of all of them.
 */
export function loadConfiguration(environment: Environment = withDotEnv()): Configuration {
  const problems: string[] = []
  const collect = <T>(read: () => T): T | undefined => {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error
      problems.push(...error.problems)
      return undefined
    }
  }
  const own = collect(() => readVariables(variables, environment))
  const systems = collect(() => systemsOf(environment)) ?? []
  for (const system of systems) collect(() => readVariables(system.variables, environment))
  for (const { name, urlVariables, urlOf } of systems.flatMap((system) => system.databases)) {
    collect(() => urlOf?.(environment))
    const names = [...urlVariables, urlVariable(name), applicationUrlVariable(name)]
    const urls = Object.fromEntries(names.map((key) => [key, optional(url(`where ${name} lives`, POSTGRES))]))
    collect(() => readVariables(urls, environment))
  }
  // A variable that several parts read is wrong once.
  if (!own || problems.length > 0) throw new ConfigurationError([...new Set(problems)])
  return { ...own, NIAGA_DATA: resolve(own.NIAGA_DATA), environment, systems }
}

/** `NIAGA_DB_STORE1_URL` */
export function urlVariable(database: string): string {
  return `NIAGA_${database.toUpperCase()}_URL`
}

/** `NIAGA_DB_STORE1_APP_URL` */
export function applicationUrlVariable(database: string): string {
  return `NIAGA_${database.toUpperCase()}_APP_URL`
}

/** What is set in the real environment wins over `.env`. */
function withDotEnv(): Environment {
  const file = envFile()
  if (existsSync(file)) process.loadEnvFile(file)
  return process.env
}
