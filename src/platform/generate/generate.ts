/** Writes `tables.ts`, `schema.sql` and `lifecycles.md` of a database next to its migrations. */
import { readFile, writeFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openDatabase } from '../../postgres/database.ts'
import { type DatabaseManifest, ownComponent } from '../../postgres/manifest.ts'
import { mermaid } from '../lifecycle/mermaid.ts'
import { type Catalog, readCatalog } from './catalog.ts'
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
  const db = openDatabase({ name: manifest.name, url, errors: manifest.errors })
  try {
    const catalog = await readCatalog(db)
    const { directory } = ownComponent(manifest)
    const kernel = relative(fileURLToPath(directory), fileURLToPath(KERNEL)).replaceAll('\\', '/')
    const tables = writeTables(manifest.name, catalog).replace(/@niaga\/kernel\/(\w+)/g, `${kernel}/$1.ts`)
    const files = [
      await put(new URL('tables.ts', directory), tables, check),
      await put(new URL('schema.sql', directory), writeSchema(manifest.name, catalog), check),
    ]
    if (catalog.lifecycles.length === 0) return files
    return [
      ...files,
      await put(new URL('lifecycles.md', directory), writeLifecycles(manifest.name, catalog), check),
    ]
  } finally {
    await db.close()
  }
}

function writeLifecycles(database: string, { lifecycles }: Catalog): string {
  const heading = `# Lifecycles of ${database}\n\nGenerated from what the database enforces by \`npm run generate\`: never edit.\n`
  const sections = lifecycles.map(
    (one) => `## ${one.table}.${one.column}\n\n\`\`\`mermaid\n${mermaid(one)}\n\`\`\`\n`,
  )
  return [heading, ...sections].join('\n')
}

async function put(file: URL, text: string, check: boolean): Promise<Generated> {
  const before = await readFile(file, 'utf8').catch(() => undefined)
  const stale = before !== text
  if (stale && !check) await writeFile(file, text)
  return { path: fileURLToPath(file), stale }
}
