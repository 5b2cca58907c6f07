/** Values that a system's people change while it runs, each checked against its schema before it is stored. */
import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { fail, isDomainError } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import type { Database } from '../../postgres/database.ts'
import { isConnectionLoss } from '../../postgres/errors.ts'
import { sql } from '../../postgres/sql.ts'
import type { Tx } from '../../postgres/transaction.ts'

export type SettingSchemas = Readonly<Record<string, TSchema>>
export type SettingValues<S extends SettingSchemas> = { readonly [K in keyof S]: Static<S[K]> }

export interface SettingsOptions<S extends SettingSchemas> {
  readonly database: Database
  /** A table (key, value jsonb, updated_by, updated_at) of schema public with the trigger `niaga.settings_changed`. */
  readonly table: string
  readonly schemas: S
  /** Answered for keys that have no row, or one that no longer fits its schema. */
  readonly defaults: SettingValues<S>
  readonly log: Log
}

export interface Settings<S extends SettingSchemas = SettingSchemas> {
  /** From memory. A change reaches every process within moments of its commit. */
  get<K extends keyof S & string>(key: K): Static<S[K]>
  all(): SettingValues<S>
  /**
   * Stored with the transaction, seen by `get` once it has committed.
   * @throws not_found for a key that is no setting, validation_failed with `errors` where the value does not fit.
   */
  set(tx: Tx, key: string, value: unknown, updatedBy: bigint | string | null): Promise<void>
  /** Stores the defaults of keys that have no row; never overwrites. */
  seed(tx: Tx): Promise<void>
  /** Reads the table anew. */
  reload(): Promise<void>
  close(): Promise<void>
}

export async function openSettings<const S extends SettingSchemas>(
  options: SettingsOptions<S>,
): Promise<Settings<S>> {
  const { database, schemas, defaults, log } = options
  const table = sql.id('public', options.table)
  let current: SettingValues<S> = defaults

  let reading: Promise<void> = Promise.resolve()

  /** One after the other, so that an answer that comes late never replaces a newer one. */
  function reload(): Promise<void> {
    reading = reading.catch(() => undefined).then(read)
    return reading
  }

  async function read(): Promise<void> {
    const rows = await database.many<{ key: string; value: unknown }>(sql`select key, value from ${table}`)
    const stored = new Map(rows.map(({ key, value }) => [key, value]))
    const entries = Object.keys(schemas).map((key) => [key, effective(key, stored)])
    // Each value was just checked against the schema of its key.
    current = Object.fromEntries(entries) as SettingValues<S>
  }

  function effective(key: string, stored: ReadonlyMap<string, unknown>): unknown {
    const schema = schemas[key]
    if (!schema || !stored.has(key)) return defaults[key]
    if (Value.Check(schema, stored.get(key))) return stored.get(key)
    log.warn({ setting: key }, 'a stored setting does not fit its schema; its default is used')
    return defaults[key]
  }

  const listening = database.listen('settings_changed', (payload) => {
    if (!payload.startsWith(`${options.table}:`)) return
    reload().catch((error: unknown) => log.warn({ error: String(error) }, 'settings could not be read again'))
  })
  // Notifications sent while the listening connection was lost are lost: look once a minute as well.
  const sweep = setInterval(() => {
    reload().catch((error: unknown) =>
      log.debug({ error: String(error) }, 'settings could not be read again'),
    )
  }, SWEEP_MS).unref()
  try {
    await listening
    await reload()
  } catch (error) {
    if (!isConnectionLoss(error) && !isDomainError(error, 'unavailable')) throw error
    // It is listened to again as soon as it is back; until it is read the defaults stand.
    log.warn({ error: String(error) }, 'the database of the settings is away')
  }

  return {
    get: (key) => current[key],
    all: () => current,
    async set(tx, key, value, updatedBy) {
      check(schemas, key, value)
      await tx.run(sql`
        insert into ${table} (key, value, updated_by, updated_at)
        values (${key}, ${sql.json(value)}, ${updatedBy}, niaga.now())
        on conflict (key) do update
        set value = excluded.value, updated_by = excluded.updated_by, updated_at = excluded.updated_at`)
    },
    async seed(tx) {
      for (const [key, value] of Object.entries(defaults)) {
        await tx.run(sql`
          insert into ${table} (key, value) values (${key}, ${sql.json(value)}) on conflict (key) do nothing`)
      }
    },
    reload,
    async close() {
      clearInterval(sweep)
      const stopListening = await listening.catch(() => undefined)
      await stopListening?.()
      await reading.catch((error: unknown) => log.debug({ error: String(error) }, 'closing'))
    },
  }
}

const SWEEP_MS = 60_000

function check(schemas: SettingSchemas, key: string, value: unknown): void {
  const schema = Object.hasOwn(schemas, key) ? schemas[key] : undefined
  if (!schema) throw fail('not_found', { setting: key })
  if (Value.Check(schema, value)) return
  const errors = Value.Errors(schema, value).map(({ instancePath, message }) => ({
    field: `${key}${instancePath.replaceAll('/', '.')}`,
    reason: message,
  }))
  throw fail('validation_failed', { errors })
}
