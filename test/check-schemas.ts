/**
 * Compares freshly migrated databases of every built system with the specifications' schema files.
 *
 *     node test/check-schemas.ts <folder with spec/ and tools/check-schema.mjs>
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systems } from '../src/app/systems.ts'
import { withDatabase } from '../src/postgres/connection.ts'
import { startEmbedded } from '../src/postgres/embedded.ts'
import { ensureDatabase, migrateUp } from '../src/postgres/migrate/run.ts'

const [specifications] = process.argv.slice(2)
const tool = join(specifications ?? '', 'tools', 'check-schema.mjs')
if (!specifications || !existsSync(tool)) {
  console.log(`skipped: no specifications in ${specifications ?? '(no folder named)'}`)
  process.exit(0)
}

const folder = await mkdtemp(join(tmpdir(), 'niaga-schemas-'))
const server = await startEmbedded(folder, { fsync: 'off' })
try {
  for (const system of systems) {
    const targets: string[] = []
    for (const manifest of system.databases) {
      await ensureDatabase(server.url, manifest.name)
      const url = withDatabase(server.url, manifest.name)
      await migrateUp(url, manifest)
      targets.push(`${manifest.name}=${url}`)
    }
    console.log(system.name)
    const spec = join(specifications, 'spec', `${system.name}.schema.json`)
    const { status } = spawnSync(process.execPath, [tool, spec, ...targets], { stdio: 'inherit' })
    if (status !== 0) process.exitCode = 1
  }
} finally {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}
