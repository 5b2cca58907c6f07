/** `niaga migrate verify|lint|drift`: can it be undone, does it stop anybody, is a database what its files say? */
import { relative } from 'node:path'
import type { Command } from 'commander'
import { describeDifference } from '../../postgres/catalog/compare.ts'
import { findDrift } from '../../postgres/migrate/drift.ts'
import { type Floor, floorsOf, verifyReversible } from '../../postgres/migrate/verify.ts'
import { withScratch } from '../../postgres/scratch.ts'
import { loadConfiguration } from '../configuration.ts'
import { type Selection, selectManifests, withDatabases } from '../databases.ts'
import { ROOT } from '../env-file.ts'
import { json, plural } from './output.ts'

interface Options extends Selection {
  readonly json?: boolean
}

export function migrateChecks(migrate: Command): void {
  const add = (name: string, about: string) =>
    migrate
      .command(name)
      .description(about)
      .option('--system <name>', 'only the databases of one system')
      .option('--database <name>', 'only this database')
      .option('--json', 'for scripts')

  add(
    'verify',
    'on a scratch database: every migration up, down and up again; exit code 1 where one leaves a trace',
  ).action(verify)
  add(
    'lint',
    'read every migration for what would lock or break a live table; exit code 1 for a finding',
  ).action(lint)
  add(
    'drift',
    'compare databases with what their files produce, object by object; exit code 1 where they differ',
  ).action(drift)
}

async function verify(options: Options): Promise<void> {
  const configuration = loadConfiguration()
  const floors = distinct(selectManifests(configuration, options).flatMap(floorsOf))
  const proved = await withScratch(
    async (scratch) => {
      const found = []
      for (const floor of floors) {
        const url = await scratch.database(floor.component.name)
        const differences = await verifyReversible(url, floor)
        if (!options.json) {
          console.log(
            `${floor.component.name}: ${differences.length === 0 ? 'every migration can be undone' : plural(differences.length, 'difference')}`,
          )
          for (const one of differences) console.log(`  after ${one.after}: ${describeDifference(one)}`)
        }
        found.push({ component: floor.component.name, differences })
      }
      return found
    },
    { serverUrl: configuration.NIAGA_SCRATCH_URL },
  )
  if (options.json) console.log(json(proved))
  if (proved.some(({ differences }) => differences.length > 0)) process.exitCode = 1
}

/** A ground floor is proved once, however many databases stand on it. */
function distinct(floors: readonly Floor[]): Floor[] {
  return [...new Map(floors.map((floor) => [floor.component.directory.href, floor])).values()]
}

async function lint(options: Options): Promise<void> {
  // The parser is a megabyte and a half of WebAssembly that no other command needs.
  const { lintComponent } = await import('../../postgres/lint/lint.ts')
  const manifests = selectManifests(loadConfiguration(), options)
  const components = distinct(manifests.flatMap(floorsOf)).map(({ component }) => component)
  const found = (await Promise.all(components.map(lintComponent))).flat()
  const rows = found.map((one) => ({ ...one, path: relative(ROOT, one.path) }))
  if (options.json) console.log(json(rows))
  else if (rows.length === 0) console.log('nothing that would lock or break a live table')
  for (const { path, line, rule, text } of options.json ? [] : rows) {
    console.log(`${path}:${line}: ${rule}: ${text}`)
  }
  if (rows.length > 0) process.exitCode = 1
}

async function drift(options: Options): Promise<void> {
  const configuration = loadConfiguration()
  await withDatabases(configuration, selectManifests(configuration, options), async (databases) => {
    const found = await withScratch(
      async (scratch) => {
        const all = []
        for (const { manifest, url } of databases) {
          const one = await findDrift(url, await scratch.database(manifest.name), manifest)
          all.push({ database: manifest.name, ...one })
        }
        return all
      },
      { serverUrl: configuration.NIAGA_SCRATCH_URL },
    )
    if (options.json) console.log(json(found))
    else found.forEach(printDrift)
    const clean = found.every(({ problems, differences }) => problems.length + differences.length === 0)
    if (!clean) process.exitCode = 1
  })
}

type Found = Awaited<ReturnType<typeof findDrift>> & { readonly database: string }

function printDrift({ database, pending, problems, differences }: Found): void {
  const count = problems.length + differences.length
  console.log(`${database}: ${count === 0 ? 'as its files say' : plural(count, 'difference')}`)
  if (pending.length > 0) console.log(`  compared up to what is applied; pending: ${pending.join(', ')}`)
  for (const problem of problems) console.log(`  ${problem}`)
  for (const one of differences) console.log(`  ${describeDifference(one)}`)
}
