/** Reads everything a database is made of, in one order that never depends on chance. */
import { systemCaller } from '../../kernel/caller.ts'
import type { Database } from '../database.ts'
import { sql } from '../sql.ts'
import { inTransaction } from '../transaction.ts'
import { KINDS, type Kind } from './queries.ts'

export type Fact = string | number | boolean | null

/** One column, index, function ... of a database. */
export interface CatalogObject {
  readonly kind: Kind
  /** Absent for what belongs to no schema, such as an extension. */
  readonly schema?: string
  /** The table, view or type that it is a part of. */
  readonly table?: string
  readonly name: string
  readonly facts: Readonly<Record<string, Fact>>
}

export type Catalog = readonly CatalogObject[]

interface Row extends Readonly<Record<string, Fact | undefined>> {
  readonly name: string
  readonly schema?: string
  readonly table?: string
}

/** With names of the schema `public` unqualified, whatever the database's own search path is. */
export async function readCatalog(database: Database): Promise<Catalog> {
  return await inTransaction(database, systemCaller, async (tx) => {
    await tx.run(sql`set local search_path = public`)
    const found: CatalogObject[] = []
    for (const [kind, query] of Object.entries(KINDS)) {
      for (const row of await tx.many<Row>(query)) found.push(objectOf(kind as Kind, row))
    }
    return found
  })
}

function objectOf(kind: Kind, { name, schema, table, ...facts }: Row): CatalogObject {
  return {
    kind,
    name,
    ...(schema === undefined ? {} : { schema }),
    ...(table === undefined ? {} : { table }),
    facts: Object.fromEntries(Object.entries(facts).map(([fact, value]) => [fact, value ?? null])),
  }
}

/** "column public.orders.status" */
export function labelOf({ kind, schema, table, name }: CatalogObject): string {
  return `${kind} ${[schema, table, name].filter((part) => part !== undefined).join('.')}`
}
