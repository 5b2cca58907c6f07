/** Migrating a database up and down. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { ensureRole, RoleMissing } from '../application-role.ts'
import {
  type DatabaseManifest,
  type ForeignComponent,
  isSqlComponent,
  ownComponent,
  type SqlComponent,
} from '../manifest.ts'
import { withClient } from '../session.ts'
import { inOrder, type MigrationFile } from './files.ts'
import {
  applyFunctions,
  changedFunctions,
  ensureHistory,
  MigrationFailed,
  recordApplied,
  recordUndone,
  runFile,
} from './history.ts'
import { patiently, withMigrationLock } from './lock.ts'
import { type ComponentState, componentState } from './state.ts'

export interface Step {
  readonly component: string
  readonly version: string
  readonly name: string
  readonly direction: 'up' | 'down'
  readonly durationMs: number
}

export interface UpOptions {
  /** Last version of the system's own history to apply; the ground floors are always brought up whole. */
  readonly to?: string
  /** How many pending files of the system's own history to apply at most. */
  readonly steps?: number
  /** Of each component only these, as another database has them. */
  readonly only?: Versions
  readonly onStep?: (step: Step) => void
  readonly onWait?: () => void
}

/** Applied versions by component. */
export type Versions = ReadonlyMap<string, readonly string[]>

export type DownOptions = Pick<UpOptions, 'onStep' | 'onWait'> &
  ({ readonly to: string } | { readonly steps: number })

/**
 * Brings a database up to its files.
 * @throws MigrationFailed where a file fails (it left nothing behind), or where history and files disagree.
 */
export async function migrateUp(
  url: string,
  manifest: DatabaseManifest,
  options: UpOptions = {},
): Promise<Step[]> {
  return await withMigrationLock(
    url,
    async (client) => {
      await applicationRole(client)
      await ensureHistory(client)
      const steps: Step[] = []
      for (const component of manifest.components) {
        if (!isSqlComponent(component)) {
          await component.install(url)
          await grant(client, component)
          continue
        }
        const own = component === ownComponent(manifest)
        const state = await checkedState(client, component)
        const pending = allowed(component.name, state.pending, options)
        const wanted = own ? upTo(pending, options) : pending
        for (const file of wanted) steps.push(await apply(client, state, file, options))
        const whole = wanted.length === state.pending.length
        // What a migration needed of them it has applied itself by now, so that is asked again.
        if (whole && (wanted.length > 0 || state.changedFunctions.length > 0))
          await refreshFunctions(client, state)
      }
      return steps
    },
    options.onWait,
  )
}

/** Undoes the system's own migrations, newest first: `steps` of them, or all that are newer than `to`. */
export async function migrateDown(
  url: string,
  manifest: DatabaseManifest,
  options: DownOptions,
): Promise<Step[]> {
  return await withMigrationLock(
    url,
    async (client) => {
      await ensureHistory(client)
      const component = ownComponent(manifest)
      const state = await checkedState(client, component)
      const newestFirst = state.applied.toReversed()
      const wanted =
        'steps' in options
          ? newestFirst.slice(0, options.steps)
          : newestFirst.filter((row) => row.version > options.to)
      const steps: Step[] = []
      for (const { version } of wanted) {
        const file = state.files.migrations.find((candidate) => candidate.version === version)
        if (!file) throw new MigrationFailed(`${component.name} ${version}: its file is missing`)
        steps.push(await undo(client, component, file, options))
      }
      return steps
    },
    options.onWait,
  )
}

async function grant(client: pg.Client, { grants }: ForeignComponent): Promise<void> {
  await runFile(client, fileURLToPath(grants), await readFile(grants, 'utf8'))
}

/** The components' grants name it. */
async function applicationRole(client: pg.Client): Promise<void> {
  await ensureRole(client).catch((error: unknown) => {
    throw error instanceof RoleMissing ? new MigrationFailed(error.message, { cause: error }) : error
  })
}

async function checkedState(client: pg.Client, component: SqlComponent): Promise<ComponentState> {
  const state = await componentState(client, component)
  if (state.problems.length > 0) throw new MigrationFailed(state.problems.join('\n'))
  return state
}

function allowed(
  component: string,
  pending: readonly MigrationFile[],
  { only }: UpOptions,
): readonly MigrationFile[] {
  return only ? pending.filter(({ version }) => only.get(component)?.includes(version)) : pending
}

function upTo(pending: readonly MigrationFile[], { to, steps }: UpOptions): readonly MigrationFile[] {
  const until = to === undefined ? pending : pending.filter((file) => file.version <= to)
  return steps === undefined ? until : until.slice(0, steps)
}

async function apply(
  client: pg.Client,
  { files }: ComponentState,
  file: MigrationFile,
  options: UpOptions,
): Promise<Step> {
  const started = performance.now()
  const duration = () => Math.round(performance.now() - started)
  if (file.transaction) {
    await patiently(client, async () => {
      await applyFunctions(client, files.component, inOrder(files, file.requires))
      await runFile(client, file.path, file.up)
      await recordApplied(client, files.component, file, duration())
    })
  } else {
    await runFile(client, file.path, file.up)
    await recordApplied(client, files.component, file, duration())
  }
  return report(options, files.component, file, 'up', duration())
}

async function undo(
  client: pg.Client,
  component: SqlComponent,
  file: MigrationFile,
  options: DownOptions,
): Promise<Step> {
  const started = performance.now()
  const work = async () => {
    await runFile(client, file.path, file.down)
    await recordUndone(client, component.name, file.version)
  }
  await (file.transaction ? patiently(client, work) : work())
  return report(options, component.name, file, 'down', Math.round(performance.now() - started))
}

function report(
  { onStep }: UpOptions,
  component: string,
  { version, name }: MigrationFile,
  direction: Step['direction'],
  durationMs: number,
): Step {
  const step = { component, version, name, direction, durationMs }
  onStep?.(step)
  return step
}

/**
 * The bodies that changed, and so do those that require them. Only when the whole history is in: an older
 * schema may lack what a current body speaks of.
 */
async function refreshFunctions(client: pg.Client, { files }: ComponentState): Promise<void> {
  const changed = await changedFunctions(client, files)
  if (changed.length === 0) return
  const names = new Set(changed.map((file) => file.file))
  const ordered = inOrder(files, files.functions.keys()).filter((file) => names.has(file.file))
  await patiently(client, () => applyFunctions(client, files.component, ordered))
}

/** Those of these databases that the server does not have: asked over one connection. */
export async function missingDatabases(maintenanceUrl: string, names: readonly string[]): Promise<string[]> {
  return await withClient({ connectionString: maintenanceUrl }, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      'select name from unnest($1::text[]) name where not exists (select from pg_database where datname = name)',
      [names],
    )
    return rows.map(({ name }) => name)
  })
}

/** Makes the database where it is missing. True where it was made. */
export async function ensureDatabase(maintenanceUrl: string, name: string): Promise<boolean> {
  return await withClient({ connectionString: maintenanceUrl }, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
    if (rowCount) return false
    await client.query(`create database ${pg.escapeIdentifier(name)}`)
    return true
  })
}

/** Drops every schema the project made in it, and so all data. The caller has asked whether that is meant. */
export async function emptyDatabase(url: string): Promise<void> {
  await withMigrationLock(url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select quote_ident(nspname) as name from pg_namespace
       where nspname !~ '^pg_' and nspname not in ('information_schema')`,
    )
    await client.query(
      `begin; ${rows.map(({ name }) => `drop schema ${name} cascade;`).join(' ')} create schema public; commit`,
    )
  })
}
