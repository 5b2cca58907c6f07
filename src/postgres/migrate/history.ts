/** What was applied to a database, by whom and when: schema `migrations`, one history per component. */
import { userInfo } from 'node:os'
import type pg from 'pg'
import { isConnectionLoss } from '../errors.ts'
import type { ComponentFiles, FunctionFile, MigrationFile } from './files.ts'

export interface Applied {
  readonly version: string
  readonly name: string
  readonly checksum: string
  readonly applied_at: Date
  readonly applied_by: string
  readonly duration_ms: number
}

const TABLES = `
  create schema if not exists migrations;
  create table if not exists migrations.applied (
    component   text not null,
    version     text not null,
    name        text not null,
    checksum    text not null,
    applied_at  timestamptz not null default now(),
    applied_by  text not null,
    duration_ms integer not null,
    primary key (component, version)
  );
  create table if not exists migrations.functions (
    component  text not null,
    file       text not null,
    hash       text not null,
    applied_at timestamptz not null default now(),
    primary key (component, file)
  );`

export async function ensureHistory(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query("select to_regclass('migrations.functions') as there")
  if (rows[0]?.there === null) await client.query(TABLES)
}

export async function appliedOf(client: pg.ClientBase, component: string): Promise<Applied[]> {
  const { rows: there } = await client.query("select to_regclass('migrations.applied') as there")
  if (there[0]?.there === null) return []
  const { rows } = await client.query<Applied>(
    `select version, name, checksum, applied_at, applied_by, duration_ms
     from migrations.applied where component = $1 order by version`,
    [component],
  )
  return rows
}

export async function recordApplied(
  client: pg.ClientBase,
  component: string,
  file: MigrationFile,
  durationMs: number,
): Promise<void> {
  await client.query(
    `insert into migrations.applied (component, version, name, checksum, applied_by, duration_ms)
     values ($1, $2, $3, $4, $5 || ' as ' || current_user, $6)`,
    [component, file.version, file.name, file.checksum, userInfo().username, durationMs],
  )
}

export async function recordUndone(client: pg.ClientBase, component: string, version: string): Promise<void> {
  await client.query('delete from migrations.applied where component = $1 and version = $2', [
    component,
    version,
  ])
  // What the undone file dropped may have been a function; the next run puts the current bodies back.
  await client.query('delete from migrations.functions where component = $1', [component])
}

/** Function files whose body differs from the one in the database. */
export async function changedFunctions(
  client: pg.ClientBase,
  files: ComponentFiles,
): Promise<FunctionFile[]> {
  const { rows: there } = await client.query("select to_regclass('migrations.functions') as there")
  if (there[0]?.there === null) return [...files.functions.values()]
  const { rows } = await client.query<{ file: string; hash: string }>(
    'select file, hash from migrations.functions where component = $1',
    [files.component],
  )
  const known = new Map(rows.map((row) => [row.file, row.hash]))
  return [...files.functions.values()].filter((file) => known.get(file.file) !== file.hash)
}

export async function applyFunctions(
  client: pg.ClientBase,
  component: string,
  files: readonly FunctionFile[],
): Promise<void> {
  for (const file of files) {
    await runFile(client, file.path, file.sql)
    await client.query(
      `insert into migrations.functions (component, file, hash) values ($1, $2, $3)
       on conflict (component, file) do update set hash = excluded.hash, applied_at = now()`,
      [component, file.file, file.hash],
    )
  }
}

/** @throws MigrationFailed naming file and line where PostgreSQL refuses the text; a lost connection as it is. */
export async function runFile(client: pg.ClientBase, path: string, text: string): Promise<void> {
  try {
    await client.query(text)
  } catch (error) {
    if (!(error instanceof Error) || isConnectionLoss(error)) throw error
    const position = 'position' in error ? Number(error.position) : Number.NaN
    const line = Number.isFinite(position)
      ? ` (line ${text.slice(0, position).split('\n').length} of its part)`
      : ''
    const where = 'where' in error && error.where ? `\n${error.where}` : ''
    throw new MigrationFailed(`${path}${line}: ${error.message}${where}`, { cause: error })
  }
}

export class MigrationFailed extends Error {
  override readonly name = 'MigrationFailed'
}
