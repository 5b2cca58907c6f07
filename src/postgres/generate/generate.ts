/** Writes `tables.ts` and `schema.sql` of a database next to its migrations. */
import { readFile, writeFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { type DatabaseManifest, ownComponent } from '../manifest.ts'
import { readCatalog } from './catalog.ts'
import { writeSchema } from './schema.ts'
import { writeTables } from './tables.ts'

const KERNEL = new URL('../../kernel/', import.meta.url)

export interface Generated {
  readonly path: string
  readonly stale: boolean
}

/**
 * Reads the catalog behind `url`, which must be migrated to the newest file, and writes what differs.
 * With `check` nothing is written; stale files are only named.
 */
export async function generate(
  url: string,
  manifest: DatabaseManifest,
  check: boolean,
): Promise<Generated[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const catalog = await readCatalog(client)
    const { directory } = ownComponent(manifest)
    const kernel = relative(fileURLToPath(directory), fileURLToPath(KERNEL)).replaceAll('\\', '/')
    const tables = writeTables(manifest.name, catalog).replace(/@niaga\/kernel\/(\w+)/g, `${kernel}/$1.ts`)
    return [
      await put(new URL('tables.ts', directory), tables, check),
      await put(new URL('schema.sql', directory), writeSchema(manifest.name, catalog), check),
    ]
  } finally {
    await client.end()
  }
}

async function put(file: URL, text: string, check: boolean): Promise<Generated> {
  const before = await readFile(file, 'utf8').catch(() => undefined)
  const stale = before !== text
  if (stale && !check) await writeFile(file, text)
  return { path: fileURLToPath(file), stale }
}
