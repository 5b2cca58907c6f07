/** What an operator asks of a database that is slow, large or was changed by hand. */
import pg from 'pg'
import { systemCaller } from '../kernel/caller.ts'
import type { Database, Db } from './database.ts'
import { sql } from './sql.ts'
import { inLongTransaction } from './transaction.ts'

export interface TableSize {
  readonly table: string
  /** As the statistics have it; -1 where nobody has looked yet. */
  readonly rows: bigint
  /** With indexes and what is stored apart. */
  readonly bytes: bigint
  /** Of them, of indexes. */
  readonly indexBytes: bigint
}

const OURS = sql.raw(`n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`)

/** Largest first. */
export async function tableSizes(db: Db): Promise<TableSize[]> {
  return await db.many<TableSize>(sql`
    select n.nspname || '.' || c.relname as "table", c.reltuples::bigint as rows,
      pg_total_relation_size(c.oid) as bytes, pg_indexes_size(c.oid) as "indexBytes"
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'm') and ${OURS} order by 3 desc, 1`)
}

export interface IndexUse {
  readonly table: string
  readonly index: string
  /** Since the statistics were last reset. */
  readonly scans: bigint
  readonly bytes: bigint
  /** It keeps a rule, so that it is needed however seldom it is read. */
  readonly unique: boolean
  /** False: half made, read by nobody and written by everybody. */
  readonly valid: boolean
}

/** Least used first. */
export async function indexUse(db: Db): Promise<IndexUse[]> {
  return await db.many<IndexUse>(sql`
    select s.schemaname || '.' || s.relname as "table", s.indexrelname as index, s.idx_scan as scans,
      pg_relation_size(s.indexrelid) as bytes, i.indisunique as unique, i.indisvalid as valid
    from pg_catalog.pg_stat_user_indexes s join pg_catalog.pg_index i on i.indexrelid = s.indexrelid
    order by 3, 1, 2`)
}

export interface Orphans {
  readonly table: string
  /** The foreign key that they break. */
  readonly constraint: string
  readonly parent: string
  readonly rows: bigint
  /** One of them: the key that is nowhere. */
  readonly example: string
}

interface ForeignKey {
  readonly table: string
  readonly constraint: string
  readonly parent: string
  readonly columns: readonly string[]
  readonly parentColumns: readonly string[]
}

/**
 * Rows whose parent is not there, by foreign key; empty in health. They come with constraints that were never validated,
 * and with loading under silenced triggers. Reads every table that has a parent.
 */
export async function orphans(database: Database): Promise<Orphans[]> {
  return await inLongTransaction(database, systemCaller, async (tx) => {
    const found: Orphans[] = []
    for (const key of await foreignKeys(tx)) {
      const { rows, example } = await orphansOf(tx, key)
      const { table, constraint, parent } = key
      if (example !== null) found.push({ table, constraint, parent, rows, example })
    }
    return found
  })
}

async function foreignKeys(db: Db): Promise<ForeignKey[]> {
  return await db.many<ForeignKey>(sql`
    select k.conrelid::regclass::text as "table", k.conname as constraint, k.confrelid::regclass::text as parent,
      array_agg(a.attname::text order by o.n) as columns, array_agg(p.attname::text order by o.n) as "parentColumns"
    from pg_constraint k join pg_namespace n on n.oid = k.connamespace
      cross join unnest(k.conkey, k.confkey) with ordinality o (own, theirs, n)
      join pg_attribute a on a.attrelid = k.conrelid and a.attnum = o.own
      join pg_attribute p on p.attrelid = k.confrelid and p.attnum = o.theirs
    where k.contype = 'f' and k.conparentid = 0 and ${OURS} group by k.oid, 1, 2, 3 order by 1, 2`)
}

async function orphansOf(db: Db, { table, parent, columns, parentColumns }: ForeignKey) {
  const quoted = columns.map((column) => `c.${pg.escapeIdentifier(column)}`)
  const pairs = quoted.map((own, i) => `p.${pg.escapeIdentifier(parentColumns[i] ?? '')} = ${own}`)
  // A key with a null in it names nobody.
  const named = quoted.map((own) => `${own} is not null`)
  return await db.one<{ rows: bigint; example: string | null }>(
    sql`${sql.raw(`
      select count(*) as rows, min(concat_ws(', ', ${quoted.join(', ')})) as example from ${table} c
      where ${named.join(' and ')} and not exists (select from ${parent} p where ${pairs.join(' and ')})`)}`,
  )
}
