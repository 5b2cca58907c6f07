/**
 * A database as one plain SQL text that psql loads into an empty one: rows, rules, functions and rights, as of one moment.
 * It is for taking elsewhere; `niaga backup create` makes what is checked, encrypted and restored.
 */
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { PLAIN_TEXT, qualified, sequencesOf, type TableToCopy, tablesToCopy } from '../backup/contents.ts'
import { type Catalog, readCatalog } from '../catalog/catalog.ts'
import { openDatabase } from '../database.ts'
import type { DatabaseManifest } from '../manifest.ts'
import { connected } from '../session.ts'
import { onlyTables } from './only-tables.ts'
import { plainSchema, rolesNamed } from './plain-schema.ts'

export interface ExportOptions {
  readonly manifest: DatabaseManifest
  /** The owner's: only the owner may read every table. */
  readonly url: string
  /** Of schema public; absent: the whole database. */
  readonly tables?: readonly string[] | undefined
}

/** Nothing is loaded where anything fails; what is there before is in the way. */
const HEAD = `\\set ON_ERROR_STOP on
set client_encoding = 'UTF8';
set standard_conforming_strings = on;
set check_function_bodies = off;
set client_min_messages = warning;
set row_security = off;
begin;
set local search_path = public, pg_catalog;
`

/** Answers how many rows it wrote. Does not end `out`. @throws NoSuchTable */
export async function exportPlain({ manifest, url, tables }: ExportOptions, out: Writable): Promise<number> {
  const whole = await catalogOf(manifest, url)
  const catalog = tables ? onlyTables(whole, tables) : whole
  const { before, after } = plainSchema(catalog)
  const client = await connected(url, 'niaga export')
  try {
    await client.query('begin isolation level repeatable read, read only')
    const sequences = await sequencesOf(client)
    const wanted = (await tablesToCopy(client, [])).filter(
      ({ schema, name }) => !tables || (schema === 'public' && tables.includes(name)),
    )
    await client.query(PLAIN_TEXT)
    const write = writer(out)
    await write(
      `-- ${manifest.name} as of ${new Date().toISOString()}: psql -f <this file> <an empty database>\n${HEAD}`,
    )
    for (const role of rolesNamed(catalog)) await write(`${madeWhereMissing(role)}\n`)
    for (const statement of before) await write(`${statement};\n`)
    let rows = 0
    for (const table of wanted) rows += await writeTable(client, table, write)
    for (const { schema, name, last, called } of sequences) {
      if (
        !catalog.some(
          (object) => object.kind === 'sequence' && object.schema === schema && object.name === name,
        )
      )
        continue
      await write(
        `select pg_catalog.setval(${pg.escapeLiteral(qualified(schema, name))}, ${last}, ${called});\n`,
      )
    }
    for (const statement of after) await write(`${statement};\n`)
    await write('commit;\n')
    return rows
  } finally {
    await client.end()
  }
}

/** The rights below name it. */
const madeWhereMissing = (role: string) => `do $$ begin
  if not exists (select from pg_catalog.pg_roles where rolname = ${pg.escapeLiteral(role)}) then
    create role ${pg.escapeIdentifier(role)} nologin;
  end if;
end $$;`

async function catalogOf(manifest: DatabaseManifest, url: string): Promise<Catalog> {
  const db = openDatabase({ name: manifest.name, url, errors: manifest.errors })
  return await readCatalog(db).finally(() => db.close())
}

type Write = (text: string | Buffer) => Promise<void>

/** As fast as the other side reads. */
function writer(out: Writable): Write {
  return async (text) => {
    if (!out.write(text)) await once(out, 'drain')
  }
}

async function writeTable(client: pg.Client, table: TableToCopy, write: Write): Promise<number> {
  const { schema, name, columns, partitioned } = table
  const list = columns.map((column) => pg.escapeIdentifier(column)).join(', ')
  const stream = client.query(
    copyTo(`copy (select ${list} from ${partitioned ? '' : 'only '}${qualified(schema, name)}) to stdout`),
  )
  await write(`copy ${qualified(schema, name)} (${list}) from stdin;\n`)
  for await (const chunk of stream) await write(chunk)
  await write('\\.\n')
  return stream.rowCount
}
