/**
 * Compares freshly migrated databases of every built system with the specifications' schema files.
 *
 *     node test/check-schemas.ts <folder with spec/ and tools/check-schema.mjs>
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemsOf } from '../src/app/systems.ts'
import { migrateUp } from '../src/postgres/migrate/run.ts'
import { withScratch } from '../src/postgres/scratch.ts'

const [specifications] = process.argv.slice(2)
const tool = join(specifications ?? '', 'tools', 'check-schema.mjs')
if (!specifications || !existsSync(tool)) {
  console.log(`skipped: no specifications in ${specifications ?? '(no folder named)'}`)
  process.exit(0)
}

await withScratch(async (scratch) => {
  for (const system of systemsOf({})) {
    const targets: string[] = []
    for (const manifest of system.databases) {
      const url = await scratch.database(manifest.name)
      await migrateUp(url, manifest)
      targets.push(`${manifest.name}=${url}`)
    }
    console.log(system.name)
    const spec = join(specifications, 'spec', `${system.name}.schema.json`)
    const { status } = spawnSync(process.execPath, [tool, await inPostgresWords(spec), ...targets], {
      stdio: 'inherit',
    })
    if (status !== 0) process.exitCode = 1
  }
})

/** PostgreSQL reads a default's "interval '5 minutes'" once and writes it '00:05:00' ever after. Answers a file. */
async function inPostgresWords(spec: string): Promise<string> {
  const text = await readFile(spec, 'utf8')
  const file = join(await mkdtemp(join(tmpdir(), 'niaga-schema-')), 'schema.json')
  await writeFile(file, text.replaceAll("interval '5 minutes'", "'00:05:00'"))
  return file
}
