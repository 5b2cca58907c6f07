/** `niaga backup export`: plain SQL, for psql and for taking elsewhere. */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Command } from 'commander'
import { exportPlain } from '../../postgres/export/export.ts'
import { NoSuchTable } from '../../postgres/export/only-tables.ts'
import type { DatabaseManifest } from '../../postgres/manifest.ts'
import { loadConfiguration } from '../configuration.ts'
import { selectManifests, withDatabases } from '../databases.ts'
import { plural } from './output.ts'
import { Refusal } from './refusal.ts'

interface Options {
  readonly database: string
  readonly tables?: string
  readonly out?: string
}

export function exportCommand(backup: Command): void {
  backup
    .command('export')
    .description('one database as plain SQL that psql loads into an empty one; not encrypted')
    .requiredOption('--database <name>', 'which one')
    .option('--tables <list>', 'only these, commas between; without triggers and rights')
    .option('--out <file>', 'a new file for its owner alone; the standard output where absent')
    .action(write)
}

async function write({ database, tables: list, out: file }: Options): Promise<void> {
  const configuration = loadConfiguration()
  const [manifest] = selectManifests(configuration, { database }) as [DatabaseManifest]
  const tables = list?.split(',').map((name) => name.trim())
  await withDatabases(configuration, [manifest], async ([at]) => {
    if (!at) return
    if (file === undefined) {
      await exportPlain({ manifest, url: at.url, tables }, process.stdout).catch(refuse)
      return
    }
    const out = createWriteStream(file, { flags: 'wx', mode: 0o600 })
    await once(out, 'open').catch((error: unknown) => {
      throw new Refusal(`${file} cannot be made: ${String(error)}`)
    })
    try {
      const rows = await exportPlain({ manifest, url: at.url, tables }, out)
      out.end()
      await once(out, 'close')
      console.log(`${plural(rows, 'row')}: ${file}`)
    } catch (error) {
      out.destroy()
      // What is called an export is whole.
      await rm(file, { force: true })
      refuse(error)
    }
  })
}

function refuse(error: unknown): never {
  throw error instanceof NoSuchTable ? new Refusal(error.message) : error
}
