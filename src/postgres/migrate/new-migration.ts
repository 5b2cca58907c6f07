/** A migration that somebody begins to write: both ways in one file, so that neither is forgotten. */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { SqlComponent } from '../manifest.ts'
import { readComponent } from './files.ts'

const SKELETON = `-- What this is for, and who survives it.

-- migrate:up

-- migrate:down
`

/** "add-column-to-user-info" and "add_column_to_user_info" are one name. */
const NAME = /^[a-z0-9_-]+$/

export function isMigrationName(name: string): boolean {
  return NAME.test(name)
}

/** Makes the next numbered file and answers its path. */
export async function newMigration(component: SqlComponent, name: string): Promise<string> {
  const { migrations } = await readComponent(component)
  const version = String(Number(migrations.at(-1)?.version ?? 0) + 1).padStart(4, '0')
  const file = new URL(`migrations/${version}_${name.replaceAll('-', '_')}.sql`, component.directory)
  await writeFile(file, SKELETON, { flag: 'wx' })
  return fileURLToPath(file)
}
