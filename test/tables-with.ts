import type { Database } from '../src/postgres/database.ts'
import { sql } from '../src/postgres/sql.ts'

/** Tables of a database that hold the text, readable or as bytes. */
export async function tablesWith(db: Database, text: string): Promise<readonly string[]> {
  const tables = await db.many<{ name: string }>(sql`
    select format('%I.%I', table_schema, table_name) as name from information_schema.tables
      where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`)
  const hex = Buffer.from(text).toString('hex')
  const found: string[] = []
  for (const { name } of tables) {
    const { there } = await db.one<{ there: boolean }>(sql`
      select exists (select from ${sql.raw(name)} t
        where t::text ilike ${`%${text}%`} or t::text like ${`%${hex}%`}) as there`)
    if (there) found.push(name)
  }
  return found
}
