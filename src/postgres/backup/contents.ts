/** What of a database goes into a backup. */
import type pg from 'pg'
import { type DatabaseManifest, isSqlComponent } from '../manifest.ts'
import { appliedOf } from '../migrate/history.ts'
import type { ArchivedDatabase, ArchivedMigration, ArchivedSequence } from './archive.ts'

export interface TableToCopy {
  readonly schema: string
  readonly name: string
  readonly partitioned: boolean
  /** Without generated ones, which the database makes again. */
  readonly columns: readonly string[]
  /** On disk, for the share of the work. */
  readonly bytes: number
}

/** Follows from the files: the hashes of the function bodies that stand in the database. */
const FUNCTIONS_OF_MIGRATOR = 'migrations.functions'

/** Tables that a migrator fills itself when it makes an empty database. */
export function bookkeeping({ components }: DatabaseManifest): string[] {
  return [
    FUNCTIONS_OF_MIGRATOR,
    ...components.flatMap((component) => (isSqlComponent(component) ? [] : component.bookkeeping)),
  ]
}

/**
 * Partitions come with the table they belong to. Largest first: the last one to finish is then a small one.
 * `leftOut`: "schema.table".
 */
export async function tablesToCopy(
  client: pg.ClientBase,
  leftOut: readonly string[],
): Promise<TableToCopy[]> {
  const { rows } = await client.query<Omit<TableToCopy, 'bytes'> & { bytes: string }>(
    `select n.nspname as schema, c.relname as name, c.relkind = 'p' as partitioned, pg_total_relation_size(c.oid)::text as bytes,
       coalesce((select array_agg(a.attname::text order by a.attnum) from pg_attribute a
         where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''), '{}') as columns
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'
       and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
       and not (n.nspname || '.' || c.relname = any($1))
     order by pg_total_relation_size(c.oid) desc, 1, 2`,
    [leftOut],
  )
  return rows.map((row) => ({ ...row, bytes: Number(row.bytes) }))
}

export async function sequencesOf(client: pg.ClientBase): Promise<ArchivedSequence[]> {
  const { rows } = await client.query<{ schema: string; name: string }>(
    `select schemaname as schema, sequencename as name from pg_sequences order by 1, 2`,
  )
  const found: ArchivedSequence[] = []
  for (const { schema, name } of rows) {
    const { rows: at } = await client.query<{ last: string; called: boolean }>(
      `select last_value::text as last, is_called as called from ${qualified(schema, name)}`,
    )
    if (at[0]) found.push({ schema, name, ...at[0] })
  }
  return found
}

/** Settings, versions, and what server it is on. */
export async function describeDatabase(
  client: pg.ClientBase,
  manifest: DatabaseManifest,
): Promise<Pick<ArchivedDatabase, 'server' | 'settings' | 'components'>> {
  const { rows } = await client.query<{ server: string; settings: string[] }>(
    `select split_part(current_setting('server_version'), ' ', 1) as server,
       coalesce((select array_agg(x order by x) from pg_db_role_setting s, unnest(s.setconfig) x where s.setrole = 0
         and s.setdatabase = (select oid from pg_database where datname = current_database())), '{}') as settings`,
  )
  const components: Record<string, readonly ArchivedMigration[]> = {}
  for (const component of manifest.components.filter(isSqlComponent)) {
    const applied = await appliedOf(client, component.name)
    components[component.name] = applied.map(({ version, name, checksum }) => ({ version, name, checksum }))
  }
  return { server: rows[0]?.server ?? '', settings: rows[0]?.settings ?? [], components }
}

export function qualified(schema: string, name: string): string {
  return [schema, name].map((part) => `"${part.replaceAll('"', '""')}"`).join('.')
}

/** What text in a COPY file depends on, so that it means the same everywhere. */
export const PLAIN_TEXT = `
  set local client_encoding = 'UTF8'; set local datestyle = 'ISO'; set local intervalstyle = 'postgres';
  set local timezone = 'UTC'; set local extra_float_digits = 1; set local bytea_output = 'hex';
  set local search_path = ''; set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0`
