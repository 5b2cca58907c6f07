/** `niaga db sizes|index-usage|orphans|vacuum|reindex`: where something is slow, large or was changed by hand. */
import type { Command } from 'commander'
import { indexUse, orphans, tableSizes } from '../../postgres/inspect.ts'
import type { Upkeep } from '../../postgres/manifest.ts'
import { reindex, vacuum } from '../../postgres/upkeep.ts'
import { loadConfiguration } from '../configuration.ts'
import { rowsOf, type Selection, selectManifests, withDatabases } from '../databases.ts'
import { json, printRows, size } from './output.ts'
import { Refusal } from './refusal.ts'

interface Options extends Selection {
  readonly json?: boolean
}

export function inspectCommands(db: Command): void {
  const add = (name: string, about: string) =>
    db
      .command(name)
      .description(about)
      .option('--database <name>', 'only this database')
      .option('--json', 'for scripts')

  add('sizes', 'every table with what it takes on disk, largest first').action(sizes)
  add('index-usage', 'every index with how often it was read, least first').action(indexUsage)
  add('orphans', 'rows whose parent is missing, by foreign key; exit code 1 where there are any').action(
    findOrphans,
  )
  add('vacuum', 'vacuum and analyze the tables that documents name; everybody works on').action(
    (options: Options) => lookAfter('vacuum', vacuum, options),
  )
  add('reindex', 'make the indexes of the tables that documents name anew; everybody works on').action(
    (options: Options) => lookAfter('reindex', reindex, options),
  )
}

async function sizes({ database, json: asJson }: Options): Promise<void> {
  printRows(
    await rowsOf('platform', database, tableSizes),
    {
      database: (row) => row.database,
      table: (row) => row.table,
      rows: (row) => (row.rows < 0n ? undefined : row.rows),
      size: (row) => size(Number(row.bytes)),
      'of indexes': (row) => size(Number(row.indexBytes)),
    },
    asJson,
  )
}

async function indexUsage({ database, json: asJson }: Options): Promise<void> {
  printRows(
    await rowsOf('platform', database, indexUse),
    {
      database: (row) => row.database,
      table: (row) => row.table,
      index: (row) => row.index,
      scans: (row) => row.scans,
      size: (row) => size(Number(row.bytes)),
      unique: (row) => (row.unique ? 'yes' : ''),
      problem: (row) => (row.valid ? undefined : 'half made: drop it'),
    },
    asJson,
  )
}

async function findOrphans({ database, json: asJson }: Options): Promise<void> {
  const found = await rowsOf('platform', database, orphans)
  if (found.length > 0) process.exitCode = 1
  if (found.length === 0 && !asJson) console.log('Every row has its parent.')
  else {
    printRows(
      found,
      {
        database: (row) => row.database,
        table: (row) => row.table,
        rows: (row) => row.rows,
        'without one in': (row) => row.parent,
        constraint: (row) => row.constraint,
        'for example': (row) => row.example,
      },
      asJson,
    )
  }
}

async function lookAfter(what: keyof Upkeep, work: typeof vacuum, options: Options): Promise<void> {
  const configuration = loadConfiguration()
  const manifests = selectManifests(configuration, options).filter(({ upkeep }) => upkeep !== undefined)
  if (manifests.length === 0)
    throw new Refusal(`nothing in ${options.database} asks for more than autovacuum`)
  const done: { database: string; table: string }[] = []
  await withDatabases(configuration, manifests, async (located) => {
    for (const { manifest, url } of located) {
      await work(url, manifest.upkeep?.[what] ?? [], {
        onTable: (table) => {
          if (!options.json) console.log(`${manifest.name}: ${what} ${table}`)
          done.push({ database: manifest.name, table })
        },
      })
    }
  })
  if (options.json) console.log(json(done))
}
