/** The ways a deployment fails: empty, twice, twenty at once, changed file, killed half way, code too old. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import pg from 'pg'
import { dropDatabase } from '../../../test/database.ts'
import { migrationProject } from '../../../test/migrations.ts'
import { until } from '../../../test/until.ts'
import { sqlState } from '../errors.ts'
import { type DatabaseManifest, isSqlComponent, ownComponent } from '../manifest.ts'
import { emptyDatabase, migrateDown, migrateUp } from './run.ts'
import { componentState } from './state.ts'

const FIRST = `-- migrate:up
create table thing (id integer primary key);
-- migrate:down
drop table thing;
`
const SECOND = `-- niaga:require functions/touch.sql
-- migrate:up
alter table thing add column touched timestamptz;
create trigger touch before update on thing for each row execute function touch();
-- migrate:down
drop trigger touch on thing;
drop function touch();
alter table thing drop column touched;
`
const TOUCH = `create or replace function touch() returns trigger language plpgsql as $$
begin new.touched := now(); return new; end $$;
`

const both = {
  'migrations/0001_thing.sql': FIRST,
  'migrations/0002_touched.sql': SECOND,
  'functions/touch.sql': TOUCH,
}

async function query<Row extends object>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}

async function stateOf(url: string, manifest: DatabaseManifest) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await componentState(client, ownComponent(manifest))
  } finally {
    await client.end()
  }
}

test('an empty database gets everything once; a second run does nothing', async () => {
  const { url, manifest } = await migrationProject(both)
  const steps = await migrateUp(url, manifest)
  assert.deepEqual(
    steps.map((step) => step.version),
    ['0001', '0002'],
  )
  assert.deepEqual(await migrateUp(url, manifest), [])
  await dropDatabase(url)
})

test('twenty migrators at once: each file is applied by exactly one', async () => {
  const { url, manifest } = await migrationProject(both)
  const all = await Promise.all(Array.from({ length: 20 }, () => migrateUp(url, manifest)))
  assert.equal(all.flat().length, 2)
  await dropDatabase(url)
})

test('--to and --steps stop where they say', async () => {
  const { url, manifest } = await migrationProject(both)
  assert.equal((await migrateUp(url, manifest, { to: '0001' })).length, 1)
  assert.equal((await migrateUp(url, manifest, { steps: 1 })).length, 1)
  await dropDatabase(url)
})

test('a file that fails leaves nothing behind and is named with its line', async () => {
  const broken =
    '-- migrate:up\ncreate table half (id integer);\nselect no_such_column;\n-- migrate:down\nselect 1;\n'
  const { url, manifest } = await migrationProject({ ...both, 'migrations/0003_broken.sql': broken })
  await assert.rejects(migrateUp(url, manifest), /0003_broken\.sql \(line 2 of its part\).*no_such_column/)
  assert.deepEqual(await query(url, "select to_regclass('half') as half"), [{ half: null }])
  const state = await stateOf(url, manifest)
  assert.deepEqual(
    state.applied.map((row) => row.version),
    ['0001', '0002'],
  )
  await dropDatabase(url)
})

test('a changed applied file is refused and named, and so is one that is missing or out of order', async () => {
  const { url, manifest, write, folder } = await migrationProject(both)
  await migrateUp(url, manifest)
  await write('migrations/0001_thing.sql', `${FIRST}-- edited\n`)
  await assert.rejects(migrateUp(url, manifest), /0001_thing was changed after it was applied/)
  await rm(join(folder, 'migrations/0001_thing.sql'))
  await assert.rejects(migrateUp(url, manifest), /0001_thing was applied, but its file is missing/)
  await write('migrations/0001_thing.sql', FIRST)
  await write('migrations/0000_early.sql', FIRST.replaceAll('thing', 'early'))
  await assert.rejects(migrateUp(url, manifest), /0000_early comes before 0002/)
  await dropDatabase(url)
})

test('down undoes the newest first and up brings functions back', async () => {
  const { url, manifest } = await migrationProject(both)
  await migrateUp(url, manifest)
  const undone = await migrateDown(url, manifest, { to: '0000' })
  assert.deepEqual(
    undone.map((step) => step.version),
    ['0002', '0001'],
  )
  assert.deepEqual(await query(url, "select to_regclass('thing') as t, to_regproc('touch') as f"), [
    { t: null, f: null },
  ])
  await migrateUp(url, manifest)
  const [row] = await query<{ f: string }>(url, "select to_regproc('touch')::text as f")
  assert.equal(row?.f, 'touch')
  await dropDatabase(url)
})

test('a changed function body is applied again, without a new number', async () => {
  const { url, manifest, write } = await migrationProject(both)
  await migrateUp(url, manifest)
  await write('functions/touch.sql', TOUCH.replace('now()', "timestamptz '2000-01-01Z'"))
  assert.deepEqual((await stateOf(url, manifest)).changedFunctions, ['touch.sql'])
  await migrateUp(url, manifest)
  await query(url, 'insert into thing (id) values (1); update thing set id = 2')
  const [row] = await query<{ year: number }>(
    url,
    'select extract(year from touched)::int as year from thing',
  )
  assert.equal(row?.year, 2000)
  await dropDatabase(url)
})

test('killed half way: the file under way left nothing, the next run goes on from there', async () => {
  const slow =
    '-- migrate:up\ncreate table slow (id integer);\nselect pg_sleep(60);\n-- migrate:down\ndrop table slow;\n'
  const { url, manifest, folder, write } = await migrationProject({
    ...both,
    'migrations/0003_slow.sql': slow,
  })
  const script = `
    import { migrateUp } from ${JSON.stringify(import.meta.resolve('./run.ts'))}
    await migrateUp(${JSON.stringify(url)}, { system: 'test', name: 'scratch', urlVariables: [], errors: {},
      components: [{ name: 'scratch', directory: new URL(${JSON.stringify(pathToFileURL(`${folder}/`).href)}) }] })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script])
  await until(async () => {
    const rows = await query(
      url,
      "select from pg_stat_activity where query like '%pg_sleep(60)%' and pid <> pg_backend_pid() and datname = current_database()",
    )
    return rows.length > 0
  })
  child.kill('SIGKILL')
  await once(child, 'exit')
  await query(
    url,
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  )
  assert.deepEqual(await query(url, "select to_regclass('slow') as slow"), [{ slow: null }])
  await write('migrations/0003_slow.sql', slow.replace('select pg_sleep(60);', ''))
  assert.deepEqual(
    (await migrateUp(url, manifest)).map((step) => step.version),
    ['0003'],
  )
  await dropDatabase(url)
})

test('a database that dies under a migration: the caller hears what it died of, and its process lives on', async () => {
  const { url, manifest } = await migrationProject({
    'migrations/0001_slow.sql': '-- migrate:up\nselect pg_sleep(60);\n-- migrate:down\n',
  })
  const died = assert.rejects(migrateUp(url, manifest), (error) => sqlState(error) === '57P01')
  await until(async () => {
    const rows = await query(
      url,
      `select pg_terminate_backend(pid) from pg_stat_activity
       where wait_event = 'PgSleep' and datname = current_database()`,
    )
    return rows.length > 0
  })
  await died
  await dropDatabase(url)
})

test('a busy table: the migration steps aside and succeeds when the table is free', async () => {
  const { url, manifest } = await migrationProject(both)
  await migrateUp(url, manifest, { to: '0001' })
  const holder = new pg.Client({ connectionString: url })
  await holder.connect()
  await holder.query('begin; lock table thing in access share mode')
  const migration = migrateUp(url, manifest)
  await until(async () => {
    const rows = await query(
      url,
      "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
    )
    return rows.length > 0
  })
  await holder.query('commit')
  assert.equal((await migration).length, 1)
  await holder.end()
  await dropDatabase(url)
})

test('emptying takes everything, the history too', async () => {
  const { url, manifest } = await migrationProject(both)
  await migrateUp(url, manifest)
  await emptyDatabase(url)
  assert.equal((await stateOf(url, manifest)).pending.length, 2)
  assert.ok(manifest.components.every(isSqlComponent))
  await dropDatabase(url)
})

test('a file that is no migration is named instead of skipped', async () => {
  const { url, manifest } = await migrationProject({ ...both, 'migrations/notes.sql': 'select 1' })
  await assert.rejects(migrateUp(url, manifest), /notes\.sql: a migration is called NNNN_name\.sql/)
  await dropDatabase(url)
})
