/** `niaga generate`: row types and schema dumps from freshly migrated databases. */
import { relative } from 'node:path'
import type { Command } from 'commander'
import { generate } from '../../platform/generate/generate.ts'
import { ownComponent } from '../../postgres/manifest.ts'
import { migrateUp } from '../../postgres/migrate/run.ts'
import { withScratch } from '../../postgres/scratch.ts'
import { ROOT } from '../env-file.ts'
import { systemsOf } from '../systems.ts'

export function generateCommand(program: Command): void {
  program
    .command('generate')
    .description('write tables.ts, schema.sql and lifecycles.md of every database from its migrations')
    .option('--check', 'write nothing; exit code 1 where a file is stale')
    .action(async (options: { check?: boolean }) => {
      // An empty database: what is generated depends on the files alone, never on the data at hand.
      await withScratch(async (scratch) => {
        // A system that is there several times has the same files each time: unconfigured, each is there once.
        const seen = new Set<string>()
        for (const manifest of systemsOf({}).flatMap(({ databases }) => databases)) {
          // Several systems keep the same permanent record.
          const { href } = ownComponent(manifest).directory
          if (seen.has(href)) continue
          seen.add(href)
          const url = await scratch.database(manifest.name)
          await migrateUp(url, manifest)
          for (const { path, stale } of await generate(url, manifest, options.check ?? false)) {
            if (stale) console.log(`${options.check ? 'stale' : 'written'}: ${relative(ROOT, path)}`)
            if (stale && options.check) process.exitCode = 1
          }
        }
      })
    })
}
