/** Reads the schema `public` of a migrated database, in one order that never depends on chance. */
import type { Db } from '../../postgres/database.ts'
import { sql } from '../../postgres/sql.ts'
import { type Lifecycle, readLifecycles } from '../lifecycle/mermaid.ts'

export interface Column {
  readonly table: string
  readonly name: string
  /** As PostgreSQL writes it: "numeric(15,2)". */
  readonly type: string
  readonly typeName: string
  readonly notNull: boolean
  readonly default: string | null
  readonly identity: string
  readonly comment: string | null
}

export interface Catalog {
  readonly columns: readonly Column[]
  /** `add constraint` clauses: name and definition, primary keys first. */
  readonly constraints: readonly { table: string; name: string; kind: string; definition: string }[]
  readonly indexes: readonly { table: string; definition: string }[]
  readonly triggers: readonly { table: string; definition: string }[]
  readonly functions: readonly { signature: string }[]
  readonly lifecycles: readonly Lifecycle[]
}

const COLUMNS = sql`
  select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type, t.typname as "typeName",
         a.attnotnull as "notNull", pg_get_expr(d.adbin, d.adrelid) as default, a.attidentity as identity,
         col_description(c.oid, a.attnum) as comment
  from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_type t on t.oid = a.atttypid
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
  order by c.relname, a.attnum`

const CONSTRAINTS = sql`
  select c.relname as table, k.conname as name, k.contype as kind, pg_get_constraintdef(k.oid, true) as definition
  from pg_constraint k join pg_class c on c.oid = k.conrelid
  where c.relnamespace = 'public'::regnamespace and k.contype in ('p', 'u', 'f', 'c', 'x')
  order by c.relname, position(k.contype::text in 'pufcx'), k.conname`

const INDEXES = sql`
  select t.relname as table, pg_get_indexdef(x.indexrelid) as definition
  from pg_index x join pg_class t on t.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
  where t.relnamespace = 'public'::regnamespace
    and not exists (select from pg_constraint k where k.conindid = x.indexrelid and k.contype in ('p', 'u', 'x'))
  order by t.relname, i.relname`

const TRIGGERS = sql`
  select c.relname as table, pg_get_triggerdef(t.oid, true) as definition
  from pg_trigger t join pg_class c on c.oid = t.tgrelid
  where c.relnamespace = 'public'::regnamespace and not t.tgisinternal
  order by c.relname, t.tgname`

const FUNCTIONS = sql`
  select p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ') returns ' || pg_get_function_result(p.oid)
           as signature
  from pg_proc p
  where p.pronamespace = 'public'::regnamespace and p.prokind in ('f', 'p')
  order by p.proname, 1`

export async function readCatalog(db: Db): Promise<Catalog> {
  const { there } = await db.one<{ there: boolean }>(
    sql`select to_regclass('niaga.lifecycle') is not null as there`,
  )
  return {
    columns: await db.many(COLUMNS),
    constraints: await db.many(CONSTRAINTS),
    indexes: await db.many(INDEXES),
    triggers: await db.many(TRIGGERS),
    functions: await db.many(FUNCTIONS),
    lifecycles: there ? await readLifecycles(db) : [],
  }
}
