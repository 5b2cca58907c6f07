/** `niaga migrate`: every database's history in one place. */
import { type Command, Option } from 'commander'
import { Listr } from 'listr2'
import { type DatabaseManifest, isSqlComponent, ownComponent } from '../../postgres/manifest.ts'
import { isMigrationName, newMigration } from '../../postgres/migrate/new-migration.ts'
import { emptyDatabase, migrateDown, migrateUp, type Step } from '../../postgres/migrate/run.ts'
import { type ComponentState, componentState } from '../../postgres/migrate/state.ts'
import { withClient } from '../../postgres/session.ts'
import { type Configuration, loadConfiguration } from '../configuration.ts'
import { type DatabaseAt, type Selection, selectManifests, withDatabases } from '../databases.ts'
import { migrateChecks } from './migrate-checks.ts'
import { instant, json, plural, table } from './output.ts'
import { Refusal } from './refusal.ts'

interface Options extends Selection {
  readonly to?: string
  readonly steps?: number
  readonly yesIMean?: string
  readonly json?: boolean
}

export function migrateCommands(program: Command): void {
  const migrate = program.command('migrate').description('bring databases up to their migrations, or back')
  const add = (name: string, about: string, isDefault = false) =>
    migrate
      .command(name, { isDefault })
      .description(about)
      .option('--system <name>', 'only the databases of one system')
      .option('--database <name>', 'only this database')
      .addOption(
        new Option('--service <name>', 'only the database of this service, as its document calls it'),
      )
  const steps = (text: string) => {
    const count = Number(text)
    if (!Number.isInteger(count) || count < 1) throw new Refusal('--steps takes a whole number from 1')
    return count
  }
  const meant = '--yes-i-mean <database>'

  add('up', 'apply what is pending (the default)', true)
    .option('--to <NNNN>', 'stop after this migration')
    .option('--steps <n>', 'apply at most so many per database', steps)
    .action(up)
  add('down', 'undo the newest migration of a database, or several')
    .option('--to <NNNN>', 'undo all that are newer than this one; 0000 undoes all')
    .option('--steps <n>', 'how many to undo (1)', steps)
    .option(meant, 'outside development: the database that may lose data')
    .action(down)
  add('redo', 'undo the newest migration and apply it again')
    .option('--steps <n>', 'how many (1)', steps)
    .option(meant, 'outside development: the database that may lose data')
    .action(redo)
  add('status', 'every database in one table').option('--json', 'for scripts').action(status)
  add('plan', 'print the SQL that "up" would run').action(plan)
  add('fresh', 'drop everything and migrate from nothing')
    .option(meant, 'outside development: the database that will be emptied')
    .action(fresh)
  add('reset', 'drop everything, the history too, and leave it empty')
    .option(meant, 'outside development: the database that will be emptied')
    .action(reset)
  migrate
    .command('new <name>')
    .description('make the next numbered file, e.g. "niaga migrate new add_notes --database db_store1"')
    .requiredOption('--database <name>', 'whose migration it is')
    .action(create)
  migrateChecks(migrate)
}

async function up(options: Options): Promise<void> {
  await overEach(options, ({ manifest, url }, say) =>
    migrateUp(url, manifest, {
      ...(options.to === undefined ? {} : { to: options.to }),
      ...(options.steps === undefined ? {} : { steps: options.steps }),
      onStep: (step) => say(line(step)),
      onWait: () => say('another process migrates; waiting'),
    }),
  )
}

async function down(options: Options): Promise<void> {
  guard(options)
  const how = options.to === undefined ? { steps: options.steps ?? 1 } : { to: options.to }
  await overEach(options, ({ manifest, url }, say) =>
    migrateDown(url, manifest, { ...how, onStep: (step) => say(line(step)) }),
  )
}

async function redo(options: Options): Promise<void> {
  guard(options)
  await overEach(options, async ({ manifest, url }, say) => {
    const onStep = (step: Step) => say(line(step))
    const undone = await migrateDown(url, manifest, { steps: options.steps ?? 1, onStep })
    const applied = await migrateUp(url, manifest, { steps: undone.length, onStep })
    return [...undone, ...applied]
  })
}

async function fresh(options: Options): Promise<void> {
  guard(options)
  await overEach(options, async ({ manifest, url }, say) => {
    await emptyDatabase(url)
    return await migrateUp(url, manifest, { onStep: (step) => say(line(step)) })
  })
}

async function reset(options: Options): Promise<void> {
  guard(options)
  await overEach(options, async ({ url }) => {
    await emptyDatabase(url)
    return []
  })
}

/** What destroys data asks outside development for the database by name, one at a time. */
function guard(options: Options, configuration: Configuration = loadConfiguration()): void {
  const names = selectManifests(configuration, options).map((manifest) => manifest.name)
  if (configuration.NIAGA_ENVIRONMENT === 'development') return
  if (names.length === 1 && names[0] === options.yesIMean) return
  throw new Refusal(
    `Refused outside development: this would lose data of ${names.join(', ')}. ` +
      `Name one database: --database ${names[0]} --yes-i-mean ${names[0]}`,
  )
}

async function overEach(
  options: Selection,
  work: (database: DatabaseAt, say: (text: string) => void) => Promise<Step[]>,
): Promise<void> {
  const configuration = loadConfiguration()
  await withDatabases(configuration, selectManifests(configuration, options), async (databases) => {
    const tasks = databases.map((database) => ({
      title: database.manifest.name,
      task: async (_: unknown, task: { output: string; title: string }) => {
        const started = performance.now()
        const steps = await work(database, (text) => {
          task.output = text
        })
        const took = ((performance.now() - started) / 1000).toFixed(1)
        task.title = `${database.manifest.name}: ${summary(steps)} (${took} s)`
      },
    }))
    await new Listr(tasks, { exitOnError: true, fallbackRenderer: 'simple' }).run()
  })
}

function summary(steps: readonly Step[]): string {
  if (steps.length === 0) return 'nothing to do'
  const count = (direction: Step['direction']) => steps.filter((step) => step.direction === direction).length
  return [
    count('down') > 0 ? `${plural(count('down'), 'migration')} undone` : '',
    count('up') > 0 ? `${plural(count('up'), 'migration')} applied` : '',
  ]
    .filter((part) => part !== '')
    .join(', ')
}

function line({ component, version, name, direction, durationMs }: Step): string {
  return `${direction === 'up' ? '↑' : '↓'} ${component} ${version}_${name} ${durationMs} ms`
}

/** Exit code 1 where something is pending or wrong, for scripts. */
async function status(options: Options): Promise<void> {
  const configuration = loadConfiguration()
  await withDatabases(configuration, selectManifests(configuration, options), async (databases) => {
    const states = (await Promise.all(databases.map(statesOf))).flat()
    const rows = states.map(
      ({ database, state: { files, applied, pending, changedFunctions, problems } }) => ({
        database,
        component: files.component,
        applied: applied.length,
        pending: pending.map((file) => `${file.version}_${file.name}`),
        changedFunctions,
        last: applied.at(-1),
        problems,
      }),
    )
    if (options.json) console.log(json(rows))
    else {
      const headings = [
        'database',
        'component',
        'applied',
        'pending',
        'functions',
        'last',
        'by',
        'when',
        'took',
      ]
      console.log(
        table(
          headings,
          rows.map(({ database, component, applied, pending, changedFunctions, last }) => [
            database,
            component,
            applied,
            pending.length,
            changedFunctions.length === 0 ? 'current' : `${changedFunctions.length} changed`,
            last && `${last.version}_${last.name}`,
            last?.applied_by,
            instant(last?.applied_at),
            last && `${last.duration_ms} ms`,
          ]),
        ),
      )
      for (const problem of rows.flatMap((row) => row.problems)) console.error(`problem: ${problem}`)
    }
    const behind = rows.some(
      (row) => row.pending.length + row.problems.length + row.changedFunctions.length > 0,
    )
    process.exitCode = behind ? 1 : 0
  })
}

async function plan(options: Options): Promise<void> {
  const configuration = loadConfiguration()
  await withDatabases(configuration, selectManifests(configuration, options), async (databases) => {
    for (const { database, state } of (await Promise.all(databases.map(statesOf))).flat()) {
      for (const file of state.pending) {
        console.log(`-- ${database}: ${state.files.component} ${file.version}_${file.name}\n${file.up}\n`)
      }
      for (const name of state.changedFunctions) {
        console.log(
          `-- ${database}: ${state.files.component} functions/${name}\n${state.files.functions.get(name)?.sql}\n`,
        )
      }
    }
  })
}

async function statesOf({
  manifest,
  url,
}: DatabaseAt): Promise<{ database: string; state: ComponentState }[]> {
  return await withClient({ connectionString: url }, async (client) => {
    const states: { database: string; state: ComponentState }[] = []
    for (const component of manifest.components.filter(isSqlComponent)) {
      states.push({ database: manifest.name, state: await componentState(client, component) })
    }
    return states
  })
}

async function create(name: string, options: Selection): Promise<void> {
  if (!isMigrationName(name)) {
    throw new Refusal('a migration is named in small letters and digits, with _ or - between them')
  }
  const [manifest] = selectManifests(loadConfiguration(), options) as [DatabaseManifest]
  console.log(await newMigration(ownComponent(manifest), name))
}
