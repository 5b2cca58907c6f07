/** `niaga backup`: making, proving, restoring and letting go of backups. */
import type { Command } from 'commander'
import { Listr } from 'listr2'
import type { SystemManifest } from '../../platform/system.ts'
import type { StoredBackup } from '../../postgres/backup/archive.ts'
import type { BackupProgress } from '../../postgres/backup/create.ts'
import {
  backUp,
  backupsFolder,
  backupsOf,
  drill,
  newestBackup,
  pruneBackups,
  type Restored,
  restore,
  type Telling,
} from '../backups.ts'
import { type Configuration, loadConfiguration } from '../configuration.ts'
import { selectSystems, withDatabases } from '../databases.ts'
import { exportCommand } from './backup-export.ts'
import { json, plural, printRows, size } from './output.ts'
import { Refusal } from './refusal.ts'

interface Options {
  readonly system?: string
  readonly dryRun?: boolean
  readonly json?: boolean
}

export function backupCommands(program: Command): void {
  const backup = program
    .command('backup')
    .description('backups of whole systems: all databases of a system as of one moment')
    .addHelpText(
      'after',
      '\nNIAGA_BACKUPS: where they are kept. NIAGA_BACKUP_KEY: encrypts them (openssl rand -base64 32).',
    )
  const add = (name: string, about: string) =>
    backup
      .command(name)
      .description(about)
      .option('--system <name>', 'only this system')
      .option('--json', 'for scripts')

  add('create', 'make one; the systems go on working').action(create)
  add('list', 'every backup, oldest first; exit code 1 where one is damaged').action(list)
  add(
    'restore <id>',
    'into empty databases; "newest" names the newest one. Everything is checked first',
  ).action(restoreOne)
  add(
    'drill',
    'restore the newest one into scratch databases, prove it, and measure how long that took',
  ).action(drillAll)
  add('prune', 'keep 7 daily, 4 weekly and 12 monthly ones, never less than the newest')
    .option('--dry-run', 'only say what would go')
    .action(prune)
  exportCommand(backup)
  add('schedule', 'when the running house makes backups, and how old the newest one is').action(schedule)
}

/** Runs `work` for each system and shows what it is doing; with --json only what came of it. */
async function overSystems<T>(
  configuration: Configuration,
  options: Options,
  work: (system: SystemManifest, telling: Telling) => Promise<T>,
  title: (outcome: T) => string,
): Promise<T[]> {
  const outcomes: T[] = []
  const tasks = selectSystems(configuration, options.system).map((system) => ({
    title: system.name,
    task: async (_: unknown, task: { output: string; title: string }) => {
      // Where there is no terminal every word is a line.
      const say = (text: string) => {
        if (text !== task.output) task.output = text
      }
      const outcome = await work(system, { onStage: say, onProgress: (step) => say(line(step)) })
      outcomes.push(outcome)
      task.title = `${system.name}: ${title(outcome)}`
    },
  }))
  await new Listr(tasks, {
    exitOnError: true,
    fallbackRenderer: 'simple',
    silentRendererCondition: options.json === true,
  }).run()
  if (options.json) console.log(json(outcomes))
  return outcomes
}

function line({ database, table, rows, bytes, percent }: BackupProgress): string {
  return `${percent} % · ${size(bytes)} · ${database} ${table}: ${plural(rows, 'row')}`
}

async function create(options: Options): Promise<void> {
  const configuration = loadConfiguration()
  await overSystems(
    configuration,
    options,
    async (system, telling) =>
      await withDatabases(configuration, system.databases, async (located) => {
        const { folder, manifest } = await backUp(configuration, system, located, telling)
        const tables = manifest.databases.flatMap((database) => database.tables)
        return {
          id: manifest.id,
          folder,
          takenAt: manifest.takenAt,
          encrypted: manifest.keyId !== null,
          rows: tables.reduce((sum, { rows }) => sum + rows, 0),
          bytes: tables.reduce((sum, { file }) => sum + file.bytes, 0),
        }
      }),
    ({ folder, rows, bytes }) => `${plural(rows, 'row')} in ${size(bytes)}: ${folder}`,
  )
}

async function list(options: Options): Promise<void> {
  const configuration = loadConfiguration()
  const found = []
  for (const { name } of selectSystems(configuration, options.system)) {
    for (const backup of await backupsOf(configuration, name))
      found.push({ system: name, ...summary(backup) })
  }
  printRows(
    found,
    {
      system: (row) => row.system,
      id: (row) => row.id,
      taken: (row) => row.takenAt,
      rows: (row) => row.rows,
      size: (row) => size(row.bytes),
      key: (row) => row.keyId ?? 'not encrypted',
      problem: (row) => row.problem,
    },
    options.json,
  )
  if (found.some(({ problem }) => problem !== undefined)) process.exitCode = 1
}

function summary({ id, manifest, bytes, problem }: StoredBackup) {
  const tables = manifest?.databases.flatMap((database) => database.tables) ?? []
  return {
    id,
    takenAt: manifest?.takenAt,
    rows: tables.reduce((sum, { rows }) => sum + rows, 0),
    bytes,
    keyId: manifest?.keyId,
    problem,
  }
}

async function restoreOne(id: string, options: Options): Promise<void> {
  const configuration = loadConfiguration()
  const outcomes = await overSystems(
    configuration,
    options,
    async (system, telling) => {
      const backup = await find(configuration, system.name, id)
      return await withDatabases(configuration, system.databases, (located) =>
        restore(configuration, system, located, backup, telling),
      )
    },
    describe,
  )
  judge(outcomes)
}

async function find(configuration: Configuration, system: string, id: string): Promise<StoredBackup> {
  const found =
    id === 'newest'
      ? await newestBackup(configuration, system)
      : (await backupsOf(configuration, system)).find((backup) => backup.id === id)
  if (found) return found
  const which = id === 'newest' ? 'no whole backup' : `no backup ${id}`
  throw new Refusal(`there is ${which} of ${system} in ${backupsFolder(configuration)}`)
}

function describe({ id, rows, proof, setAside, settingsLeftOut }: Restored): string {
  const aside = setAside.length === 0 ? '' : `; set aside: ${setAside.join(', ')}`
  const unset =
    settingsLeftOut.length === 0 ? '' : `; for an administrator to set: ${settingsLeftOut.join(', ')}`
  return `${id}: ${plural(rows, 'row')}, ${verdict(proof)}${aside}${unset}`
}

function verdict({ violations, audit }: Restored['proof']): string {
  return [
    violations === 0 ? 'the ledger adds up' : `THE LEDGER HAS ${plural(violations, 'violation')}`,
    audit.ok
      ? `the audit is whole up to ${audit.verifiedUpTo}`
      : `THE AUDIT IS BROKEN at ${audit.firstBadId}`,
  ].join(', ')
}

function judge(outcomes: readonly Restored[]): void {
  if (outcomes.some(({ proof }) => !proof.ok)) process.exitCode = 1
}

async function drillAll(options: Options): Promise<void> {
  const configuration = loadConfiguration()
  const outcomes = await overSystems(
    configuration,
    options,
    async (system, telling) =>
      await drill(configuration, system, await find(configuration, system.name, 'newest'), telling),
    (outcome) =>
      `${describe(outcome)}. Lost would be ${duration(outcome.rpoSeconds)} (RPO), back after ${duration(outcome.rtoSeconds)} (RTO)`,
  )
  judge(outcomes)
}

async function prune(options: Options): Promise<void> {
  const configuration = loadConfiguration()
  const dryRun = options.dryRun ?? false
  const gone = []
  for (const { name } of selectSystems(configuration, options.system)) {
    const some = await pruneBackups(configuration, name, { dryRun })
    gone.push(...some.map((backup) => ({ system: name, ...summary(backup) })))
  }
  if (options.json) console.log(json(gone))
  else if (gone.length === 0) console.log('nothing to remove')
  for (const { system, id } of options.json ? [] : gone) {
    console.log(`${dryRun ? 'would remove' : 'removed'} ${system}/${id}`)
  }
}

/** Exit code 1 where there is a schedule and no backup. */
async function schedule(options: Options): Promise<void> {
  const configuration = loadConfiguration()
  const when = configuration.NIAGA_BACKUP_SCHEDULE
  const rows = []
  for (const { name } of selectSystems(configuration, options.system)) {
    const newest = await newestBackup(configuration, name)
    const takenAt = newest?.manifest?.takenAt
    const age = takenAt === undefined ? undefined : Math.round((Date.now() - Date.parse(takenAt)) / 1000)
    rows.push({ system: name, schedule: when, zone: 'Asia/Jakarta', newest: newest?.id, ageSeconds: age })
  }
  printRows(
    rows,
    {
      system: (row) => row.system,
      schedule: (row) => row.schedule ?? 'never: NIAGA_BACKUP_SCHEDULE is not set',
      newest: (row) => row.newest,
      age: (row) => (row.ageSeconds === undefined ? undefined : duration(row.ageSeconds)),
    },
    options.json,
  )
  if (when !== undefined && rows.some(({ newest }) => newest === undefined)) process.exitCode = 1
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`
  return `${Math.round(seconds / 3_600)} h`
}
