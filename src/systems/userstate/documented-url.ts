/** PS_HOST, PS_USER, PS_PASSWORD, PS_DB, PS_PORT, PS_DIALECT, PS_POOL_MAX, PS_SSLMODE: the document's way to name a database; and DB_SYNC. */
import {
  ConfigurationError,
  type Environment,
  integer,
  oneOf,
  optional,
  readVariables,
  secret,
  text,
} from '../../platform/configuration.ts'

export const databaseVariables = {
  PS_HOST: optional(text('where PostgreSQL is; the embedded one where unset', /^[\w.:-]+$/)),
  PS_USER: text('the login', /^.+$/, { fallback: 'userstate_user' }),
  PS_PASSWORD: optional(secret('its password', /^.+$/s)),
  PS_DB: text('the database', /^.+$/, { fallback: 'userstate' }),
  PS_PORT: integer('the port', 1, 65_535, 5432),
  PS_DIALECT: oneOf('what the document’s ORM calls the kind of database', ['postgres'], 'postgres'),
  PS_POOL_MAX: integer(
    'connections at most: 5 to 10 in development, 20 to 30 small, 50 to 100 large',
    1,
    1000,
    50,
  ),
  PS_SSLMODE: optional(
    oneOf('whether the connection is encrypted', ['disable', 'require', 'verify-full'], 'disable'),
  ),
  DB_SYNC: optional(
    oneOf(
      'the document’s way to follow the models, in development; every start migrates',
      ['alter'],
      'alter',
    ),
  ),
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '::1'])

/**
 * The database's URL; undefined where PS_HOST is unset.
 * @throws ConfigurationError, also where production would talk in clear over a network or change tables unseen
 */
export function documentedUrl(environment: Environment): string | undefined {
  const read = readVariables(databaseVariables, environment)
  const { PS_HOST: host, PS_SSLMODE: sslmode } = read
  const isProduction = environment.NIAGA_ENVIRONMENT?.trim() === 'production'
  if (isProduction && read.DB_SYNC !== undefined) {
    throw new ConfigurationError([
      'DB_SYNC: is for development alone; in production `niaga migrate plan` shows what `niaga migrate up` would do',
    ])
  }
  if (host === undefined) return undefined
  if (isProduction && !LOOPBACK.has(host) && sslmode !== 'require' && sslmode !== 'verify-full') {
    throw new ConfigurationError([
      `PS_SSLMODE: must be require or verify-full in production, since ${host} is reached over a network`,
    ])
  }
  const url = new URL(`postgres://${host.includes(':') ? `[${host}]` : host}`)
  url.port = String(read.PS_PORT)
  url.username = encodeURIComponent(read.PS_USER)
  url.password = encodeURIComponent(read.PS_PASSWORD ?? '')
  url.pathname = `/${encodeURIComponent(read.PS_DB)}`
  url.searchParams.set('connection_limit', String(read.PS_POOL_MAX))
  if (sslmode !== undefined) url.searchParams.set('sslmode', sslmode)
  return url.href
}
