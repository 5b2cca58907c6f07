/** The schema `public` of a migrated database, as the generators need it. */
import { type CatalogObject, readCatalog as readAll } from '../../postgres/catalog/catalog.ts'
import type { Database } from '../../postgres/database.ts'
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
  /** "a": always, "d": by default, or empty. */
  readonly identity: string
}

export interface Catalog {
  readonly columns: readonly Column[]
  /** `add constraint` clauses: name and definition, primary keys first. */
  readonly constraints: readonly { table: string; name: string; kind: string; definition: string }[]
  readonly indexes: readonly { table: string; definition: string }[]
  readonly triggers: readonly { table: string; definition: string }[]
  readonly functions: readonly { signature: string }[]
  readonly lifecycles: readonly Lifecycle[]
  readonly enums: readonly { name: string; labels: readonly string[] }[]
}

export async function readCatalog(db: Database): Promise<Catalog> {
  const { there } = await db.one<{ there: boolean }>(
    sql`select to_regclass('niaga.lifecycle') is not null as there`,
  )
  const all = await readAll(db)
  const of = (kind: CatalogObject['kind']) =>
    all
      .filter((object) => object.kind === kind && object.schema === 'public')
      .map(({ table = '', name, facts }) => ({
        table,
        name,
        facts,
        text: (fact: string) => String(facts[fact] ?? ''),
      }))
  return {
    columns: of('column').map(({ table, name, facts, text }) => ({
      table,
      name,
      type: text('type'),
      typeName: text('typeName'),
      notNull: facts.notNull === true,
      default: facts.default === null ? null : text('default'),
      identity: text('identity'),
    })),
    constraints: of('constraint').map(({ table, name, text }) => ({
      table,
      name,
      kind: text('kind'),
      definition: text('definition'),
    })),
    indexes: of('index')
      .filter(({ facts }) => facts['of a constraint'] === false)
      .map(({ table, text }) => ({ table, definition: text('definition') })),
    triggers: of('trigger').map(({ table, text }) => ({ table, definition: text('definition') })),
    functions: of('function')
      .filter(({ facts }) => facts.what === 'function' || facts.what === 'procedure')
      .map(({ name, text }) => ({ signature: `${name} returns ${text('returns')}` })),
    lifecycles: there ? await readLifecycles(db) : [],
    enums: await db.many(sql`
      select t.typname::text as name, array_agg(e.enumlabel::text order by e.enumsortorder) as labels
      from pg_enum e join pg_type t on t.oid = e.enumtypid
      where t.typnamespace = 'public'::regnamespace group by t.typname order by 1`),
  }
}
