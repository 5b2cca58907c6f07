/** `niaga generate`: row types and schema dumps from freshly migrated databases. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import type { Command } from 'commander'
import { generate } from '../../platform/generate/generate.ts'
import { withDatabase } from '../../postgres/connection.ts'
import { startEmbedded } from '../../postgres/embedded.ts'
import { ensureDatabase, migrateUp } from '../../postgres/migrate/run.ts'
import { ROOT } from '../configuration.ts'
import { selectManifests } from '../databases.ts'

export function generateCommand(program: Command): void {
  program
    .command('generate')
    .description('write tables.ts, schema.sql and lifecycles.md of every database from its migrations')
    .option('--check', 'write nothing; exit code 1 where a file is stale')
    .action(async (options: { check?: boolean }) => {
      // A server of its own: what is generated depends on the files alone, never on the data at hand.
      const folder = await mkdtemp(join(tmpdir(), 'niaga-generate-'))
      const server = await startEmbedded(folder, { fsync: 'off' })
      try {
        for (const manifest of selectManifests({})) {
          await ensureDatabase(server.url, manifest.name)
          const url = withDatabase(server.url, manifest.name)
          await migrateUp(url, manifest)
          for (const { path, stale } of await generate(url, manifest, options.check ?? false)) {
            if (stale) console.log(`${options.check ? 'stale' : 'written'}: ${relative(ROOT, path)}`)
            if (stale && options.check) process.exitCode = 1
          }
        }
      } finally {
        await server.stop()
        await rm(folder, { recursive: true, force: true })
      }
    })
}
