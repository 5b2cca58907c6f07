/** What a backup promises: whole or not there, exactly what was there, and refused where it is not what was written. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { cp, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import pg from 'pg'
import { dropDatabase, emptyTestDatabase } from '../../../test/database.ts'
import { migrationProject } from '../../../test/migrations.ts'
import { until } from '../../../test/until.ts'
import { databaseName } from '../connection.ts'
import { withMigrationLock } from '../migrate/lock.ts'
import { migrateUp } from '../migrate/run.ts'
import { filesOf, listBackups } from './archive.ts'
import { createBackup, type Source } from './create.ts'
import { readBackupKey } from './encryption.ts'
import { restoreBackup } from './restore.ts'

const THINGS = `-- niaga:require functions/shout.sql
-- migrate:up
create type mood as enum ('good', 'bad');
create table thing (
  id bigint generated always as identity primary key, name text not null, doubled text generated always as (name || name) stored,
  price numeric(15,2), ratio double precision, at timestamptz, day date, takes interval, mood mood, data jsonb,
  raw bytea, tags text[], address inet, number xid8, span int4range);
create table part (id integer primary key, thing bigint not null references thing (id));
create table "Odd ""name" (id serial primary key, "select" text);
create table by_year (at date not null, what text) partition by range (at);
create table by_year_2026 partition of by_year for values from ('2026-01-01') to ('2027-01-01');
create table heard (what text);
insert into heard values ('put in by the migration');
create trigger shout after insert on thing for each row execute function shout();
-- migrate:down
drop table heard, by_year, "Odd ""name", part, thing; drop type mood; drop function shout();
`
const SHOUT = `create or replace function shout() returns trigger language plpgsql as $$
begin insert into heard values (new.name); return new; end $$;
`
const files = { 'migrations/0001_things.sql': THINGS, 'functions/shout.sql': SHOUT }
const FILL = `
insert into thing (name, price, ratio, at, day, takes, mood, data, raw, tags, address, number, span)
  select 'tab' || chr(9) || 'line' || chr(10) || 'back\\slash ' || n, n / 7.0, 1 / n::float8,
    '2026-01-01'::timestamptz + n * interval '1 microsecond', '0044-03-15 BC', '1 mon -2 days 03:04:05.000006', 'bad',
    '{"a": [1, null, "ü"]}', '\\x00ff', array['x,y', null, '"'], '10.0.0.1/8', '18446744073709551615', '[1,5)'
  from generate_series(1, 2000) n;
insert into thing (name, ratio) values ('', 'NaN'), ('\\N', '-Infinity');
delete from thing where id between 10 and 20;
insert into part select id, id from thing where id < 10;
insert into "Odd ""name" ("select") values ('from'), (null);
insert into by_year values ('2026-05-05', 'may');
select nextval('"Odd ""name_id_seq"') from generate_series(1, 5);`

const root = await mkdtemp(join(tmpdir(), 'niaga-backup-'))
const urls: string[] = []
after(async () => {
  await rm(root, { recursive: true })
  for (const url of urls) await dropDatabase(url)
})

async function emptyUrl(): Promise<string> {
  const url = await emptyTestDatabase()
  urls.push(url)
  return url
}

async function query<Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<Row>(text).finally(() => client.end())
  return rows
}

/** Every table's rows and every sequence's place, as one text. */
async function contents(url: string): Promise<Record<string, unknown>> {
  const tables = await query<{ name: string }>(
    url,
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname in ('public', 'migrations') and c.relname <> 'functions'`,
  )
  const found: Record<string, unknown> = {}
  for (const { name } of tables) {
    const [row] = await query(
      url,
      `select count(*)::int4 as rows, md5(string_agg(t::text, chr(10) order by t::text)) as digest from ${name} t`,
    )
    found[name] = row
  }
  found.sequences = await query(url, 'select sequencename, last_value from pg_sequences order by 1')
  return found
}

const one = await migrationProject(files)
const LOG = '-- migrate:up\ncreate table log (n integer);\n-- migrate:down\ndrop table log;\n'
const two = await migrationProject({ 'migrations/0001_log.sql': LOG })
const sources: readonly Source[] = [
  { manifest: { ...one.manifest, name: 'one' }, url: one.url },
  { manifest: { ...two.manifest, name: 'two' }, url: two.url },
]
urls.push(one.url, two.url)
for (const { url, manifest } of sources) await migrateUp(url, manifest)
await query(one.url, FILL)
await query(two.url, 'insert into log select generate_series(1, 10)')

const key = readBackupKey(randomBytes(32).toString('base64'))
const common = { system: 'test', sources, root, niagaVersion: '1.2.3' }
const plain = await createBackup(common)
const sealed = await createBackup({ ...common, key })

async function emptyTargets(): Promise<Source[]> {
  return [
    { manifest: { ...one.manifest, name: 'one' }, url: await emptyUrl() },
    { manifest: { ...two.manifest, name: 'two' }, url: await emptyUrl() },
  ]
}

const restore = (folder: string, targets: readonly Source[], withKey = key) =>
  restoreBackup({ system: 'test', folder, key: withKey, targets })

/** Nobody touched them. */
async function assertEmpty(targets: readonly Source[]): Promise<void> {
  for (const { url } of targets) {
    assert.deepEqual(await query(url, "select from pg_class where relnamespace = 'public'::regnamespace"), [])
  }
}

for (const [name, { folder }] of [
  ['plain', plain],
  ['encrypted', sealed],
] as const) {
  test(`${name}: every table, sequence and history comes back as it was, and no trigger speaks`, async () => {
    const targets = await emptyTargets()
    await restore(folder, targets)
    for (const [i, { url }] of targets.entries()) {
      assert.deepEqual(await contents(url), await contents(sources[i]?.url ?? ''))
    }
    // And life goes on: the next number is the next one, the trigger speaks again.
    const [target] = targets
    const [next] = await query<{ id: string }>(
      target?.url ?? '',
      "insert into thing (name) values ('new') returning id",
    )
    assert.equal(next?.id, '2003')
    assert.equal((await query(target?.url ?? '', "select from heard where what = 'new'")).length, 1)
  })
}

test('an encrypted backup shows nothing of its contents', async () => {
  for (const { path } of filesOf(sealed.manifest)) {
    const bytes = await readFile(join(sealed.folder, path))
    // The mark of zstd, which would be the first four bytes.
    assert.notEqual(bytes.subarray(0, 4).toString('hex'), '28b52ffd')
  }
})

test('restored twice: the second time is refused, and the first one stays', async () => {
  const targets = await emptyTargets()
  await restore(plain.folder, targets)
  await assert.rejects(
    restore(plain.folder, targets),
    /one \(t_empty_\w+\) is not empty: it holds \S+ and \d+ more/,
  )
  assert.equal((await query(targets[1]?.url ?? '', 'select from log')).length, 10)
})

test('another key, and no key, are refused with the names of the keys', async () => {
  const targets = await emptyTargets()
  const other = readBackupKey(Buffer.alloc(32, 7).toString('base64'))
  await assert.rejects(
    restore(sealed.folder, targets, other),
    new RegExp(`with the key ${key.id}; NIAGA_BACKUP_KEY is ${other.id}`),
  )
  await assert.rejects(
    restoreBackup({ system: 'test', folder: sealed.folder, targets }),
    new RegExp(`with the key ${key.id}, and NIAGA_BACKUP_KEY is not set`),
  )
  await assert.rejects(
    restoreBackup({ system: 'other', folder: plain.folder, targets }),
    /a backup of test, not of other/,
  )
  await assertEmpty(targets)
})

test('every file, damaged in every way, is named and nothing is touched', async () => {
  const targets = await emptyTargets()
  for (const { folder } of [plain, sealed]) {
    const all = [...(await readdir(folder, { recursive: true }))].filter((path) =>
      /\.(zst|json|seal)$/.test(path),
    )
    assert.ok(all.length > 10)
    for (const path of all) {
      const named = new RegExp(path.replaceAll('\\', '/').replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      const file = join(folder, path)
      const bytes = await readFile(file)
      const damaged = Buffer.from(bytes)
      const middle = Math.floor(bytes.length / 2)
      damaged[middle] = (damaged[middle] ?? 0) ^ 1
      await writeFile(file, damaged)
      await assert.rejects(restore(folder, targets), named, `a byte of ${path}`)
      await writeFile(file, bytes)
      await truncate(file, bytes.length - 1)
      await assert.rejects(restore(folder, targets), named, `the end of ${path}`)
      await rename(file, `${file}.gone`)
      await assert.rejects(restore(folder, targets), named, `without ${path}`)
      await rm(`${file}.gone`)
      await writeFile(file, bytes)
    }
  }
  await assertEmpty(targets)
})

test('a manifest of another shape, and one of a clock that was wrong, spoil themselves in the list and no other', async () => {
  const text = await readFile(join(plain.folder, 'manifest.json'), 'utf8')
  const listed = async (change: (manifest: string) => string) => {
    const folder = join(root, 'listed', '29990101T000000Z-00')
    await cp(plain.folder, folder, { recursive: true })
    await cp(plain.folder, join(root, 'listed', plain.manifest.id), { recursive: true })
    await writeFile(join(folder, 'manifest.json'), change(text))
    const all = await listBackups(root, 'listed')
    assert.deepEqual(
      all.map(({ id }) => id),
      [plain.manifest.id, '29990101T000000Z-00'],
    )
    assert.equal(all[0]?.problem, undefined)
    return all[1]?.problem ?? ''
  }
  for (const name of ['format', 'databases', 'tables', 'catalog', 'path', 'takenAt', 'file']) {
    const flipped = `${name.slice(0, -1)}~`
    assert.match(
      await listed((manifest) => manifest.replace(`"${name}"`, `"${flipped}"`)),
      /not the manifest of a backup/,
      name,
    )
  }
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
  assert.match(
    await listed((manifest) => manifest.replace(plain.manifest.takenAt, tomorrow)),
    /yet to come: a clock was wrong/,
  )
})

test('two files that changed places are found, also by the encryption alone', async () => {
  const targets = await emptyTargets()
  const copy = join(root, 'swapped')
  await cp(sealed.folder, copy, { recursive: true })
  const [a, b] = ['one/public.part.copy.zst', 'one/public.heard.copy.zst'].map((path) => join(copy, path))
  assert.ok(a && b)
  await rename(a, `${a}.x`)
  await rename(b, a)
  await rename(`${a}.x`, b)
  await assert.rejects(restore(copy, targets), /public\.(part|heard)\.copy\.zst/)
  await assertEmpty(targets)
})

test('a backup that is newer than the code, or whose migration was edited, is refused', async () => {
  const targets = await emptyTargets()
  const older = await migrationProject({})
  urls.push(older.url)
  const [first, second] = targets
  assert.ok(first && second)
  const behind = { url: first.url, manifest: { ...older.manifest, name: 'one' } }
  await assert.rejects(
    restore(plain.folder, [behind, second]),
    /one: scratch 0001_things is not among the files.*Niaga 1\.2\.3/,
  )
  await older.write('migrations/0001_things.sql', `${THINGS}-- edited\n`)
  await older.write('functions/shout.sql', SHOUT)
  await assert.rejects(
    restore(plain.folder, [behind, second]),
    /0001_things was changed after the backup was made/,
  )
  await assertEmpty(targets)
})

test('a backup that is older than the code is loaded at its versions and then migrated, data and all', async () => {
  const newer = await migrationProject({
    ...files,
    'migrations/0002_loud.sql':
      '-- migrate:up\nalter table thing add column loud text;\nupdate thing set loud = upper(name);\n-- migrate:down\nalter table thing drop column loud;\n',
  })
  urls.push(newer.url)
  const [, second] = await emptyTargets()
  assert.ok(second)
  await restore(plain.folder, [{ url: newer.url, manifest: { ...newer.manifest, name: 'one' } }, second])
  const [row] = await query(
    newer.url,
    'select count(*)::int4 as rows, count(*) filter (where loud = upper(name))::int4 as loud from thing',
  )
  assert.deepEqual(row, { rows: 1991, loud: 1991 })
})

test('a migration newer than the backup that fails on its data leaves all empty, and the next try goes through', async () => {
  const project = await migrationProject({
    'migrations/0001_log.sql': LOG,
    'migrations/0002_few.sql':
      '-- migrate:up\nalter table log add constraint few check (n < 10);\n-- migrate:down\nalter table log drop constraint few;\n',
  })
  urls.push(project.url)
  const [first] = await emptyTargets()
  assert.ok(first)
  const targets = [first, { manifest: { ...project.manifest, name: 'two' }, url: project.url }]
  await assert.rejects(restore(plain.folder, targets), /0002_few\.sql.*constraint "few".*is violated/)
  await assertEmpty(targets)
  await rm(join(project.folder, 'migrations/0002_few.sql'))
  await restore(plain.folder, targets)
  assert.equal((await query(project.url, 'select from log')).length, 10)
})

test("an administrator's setting is no obstacle to the owner who restores: it is named", async () => {
  const setting = (value: string) =>
    query(two.url, `alter database ${databaseName(two.url)} set log_min_duration_statement = ${value}`)
  await setting("'1h'")
  const { folder } = await createBackup(common)
  await setting('default')
  const owner = `t_owner_${randomBytes(4).toString('hex')}`
  await query(two.url, `create role ${owner} login password 'x'`)
  await query(two.url, `grant set on parameter session_replication_role to ${owner}`)
  const empty = await emptyTargets()
  const targets: Source[] = []
  for (const { manifest, url } of empty) {
    await query(url, `alter database ${databaseName(url)} owner to ${owner}`)
    const theirs = new URL(url)
    Object.assign(theirs, { username: owner, password: 'x' })
    targets.push({ manifest, url: theirs.href })
  }
  after(async () => {
    for (const { url } of empty) {
      await query(url, `reassign owned by ${owner} to current_user; drop owned by ${owner}`)
    }
    await query(two.url, `drop role ${owner}`)
  })
  const { settingsLeftOut } = await restore(folder, targets)
  assert.deepEqual(settingsLeftOut, ['two: log_min_duration_statement=1h'])
  assert.deepEqual(await contents(targets[1]?.url ?? ''), await contents(two.url))
})

test('a table that no migration knows is named before anything is loaded', async () => {
  await query(two.url, 'create table by_hand (id integer)')
  const { folder } = await createBackup(common)
  await query(two.url, 'drop table by_hand')
  const targets = await emptyTargets()
  await assert.rejects(
    restore(folder, targets),
    /two was otherwise than its migrations make it:\n- missing table public\.by_hand/,
  )
  await assertEmpty(targets)
})

const ALSO = '-- migrate:up\ncreate table also (n integer);\n-- migrate:down\ndrop table also;\n'

test('a migration while it copies is not in it, and nobody rewrites or empties a table before it is read', async () => {
  const project = await migrationProject({ 'migrations/0001_log.sql': LOG })
  urls.push(project.url)
  await migrateUp(project.url, project.manifest)
  await query(project.url, 'insert into log select generate_series(1, 10)')
  await project.write('migrations/0002_also.sql', ALSO)
  const script = `
    import { connected } from ${JSON.stringify(import.meta.resolve('../session.ts'))}
    import { migrateUp } from ${JSON.stringify(import.meta.resolve('../migrate/run.ts'))}
    const manifest = JSON.parse(${JSON.stringify(JSON.stringify(project.manifest))})
    for (const component of manifest.components) component.directory = new URL(component.directory)
    await migrateUp(${JSON.stringify(project.url)}, manifest)
    const client = await connected(${JSON.stringify(project.url)}, 'test')
    await client.query("set lock_timeout = '50ms'")
    const refused = (text) => client.query(text).then(() => 'done', ({ code }) => code)
    console.log(await refused('truncate log'), await refused('alter table log alter n type bigint'))
    await client.end()`
  let meanwhile: string | undefined
  const { folder, manifest } = await createBackup({
    ...common,
    system: 'meanwhile',
    sources: [{ manifest: { ...one.manifest, name: 'one' }, url: one.url }, project],
    // After the first table of all, while the other database has yet to be read.
    onProgress: () => {
      meanwhile ??= spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      }).stdout
    },
  })
  assert.equal(meanwhile, '55P03 55P03\n')
  assert.equal((await query(project.url, "select from pg_class where relname = 'also'")).length, 1)
  const [, copied] = manifest.databases
  assert.equal(copied?.tables.find(({ name }) => name === 'log')?.rows, 10)
  const [first] = await emptyTargets()
  assert.ok(first)
  const target = { manifest: project.manifest, url: await emptyUrl() }
  await restoreBackup({ system: 'meanwhile', folder, targets: [first, target] })
  assert.equal((await query(target.url, 'select from log')).length, 10)
})

test('it waits for a migration that runs, and takes what that made', async () => {
  const project = await migrationProject({ 'migrations/0001_log.sql': LOG })
  urls.push(project.url)
  await migrateUp(project.url, project.manifest)
  const backup = await withMigrationLock(project.url, async (client) => {
    const made = createBackup({ ...common, system: 'waits', sources: [project] })
    await until(async () => {
      const { rowCount } = await client.query(
        "select from pg_locks where locktype = 'advisory' and not granted",
      )
      return rowCount === 1
    })
    await client.query('create table also (n integer)')
    return { made }
  })
  const { manifest } = await backup.made
  assert.ok(manifest.databases[0]?.tables.some(({ name }) => name === 'also'))
})

test('killed half way, it leaves nothing that is called a backup; the next one clears up', async () => {
  const before = await listBackups(root, 'test')
  const script = `
    import { createBackup } from ${JSON.stringify(import.meta.resolve('./create.ts'))}
    const databases = ${JSON.stringify(sources.map(({ url, manifest: { name } }) => ({ url, name })))}
    await createBackup({ system: 'test', root: ${JSON.stringify(root)}, niagaVersion: '0',
      sources: databases.map(({ url, name }) => ({ url, manifest: { system: 'test', name, urlVariables: [], components: [], errors: {} } })),
      onProgress: () => { process.stdout.write('.'); const end = Date.now() + 60_000; while (Date.now() < end); } })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  await assert.rejects(createBackup(common), /another backup of test is being made/)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const names = await readdir(join(root, 'test'))
  assert.equal(names.filter((name) => name.startsWith('.partial-')).length, 1)
  assert.deepEqual(await listBackups(root, 'test'), before)
  await until(() =>
    createBackup(common).then(
      () => true,
      () => false,
    ),
  )
  assert.ok((await readdir(join(root, 'test'))).every((name) => !name.startsWith('.')))
  assert.ok((await listBackups(root, 'test')).every(({ problem }) => problem === undefined))
})
