/** Migrations of a test's own, in a folder of its own, with an empty database for them. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { DatabaseManifest } from '../src/postgres/manifest.ts'
import { emptyTestDatabase } from './database.ts'

const scratch: string[] = []
after(async () => {
  for (const folder of scratch) await rm(folder, { recursive: true })
})

/** A database and a manifest over files of the test's own, by path: "migrations/0001_thing.sql". */
export async function migrationProject(files: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(tmpdir(), 'niaga-migrate-'))
  scratch.push(folder)
  await mkdir(join(folder, 'migrations'))
  await mkdir(join(folder, 'functions'))
  const write = (name: string, text: string) => writeFile(join(folder, name), text)
  for (const [name, text] of Object.entries(files)) await write(name, text)
  const manifest: DatabaseManifest = {
    system: 'test',
    name: 'scratch',
    urlVariables: [],
    components: [{ name: 'scratch', directory: pathToFileURL(`${folder}/`) }],
    errors: {},
  }
  return { folder, write, manifest, url: await emptyTestDatabase() }
}
