/**
 * Every statement that the document prints, run as it is printed: against a migrated database, and before the migrations,
 * which then adopt what they find.
 */
import assert from 'node:assert/strict'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import pg from 'pg'
import { dropDatabase, emptyTestDatabase, startTestServer } from '../../../../test/database.ts'
import { systemClock } from '../../../kernel/clock.ts'
import { silentLog } from '../../../kernel/log.ts'
import { readCatalog } from '../../../postgres/catalog/catalog.ts'
import { compareCatalogs } from '../../../postgres/catalog/compare.ts'
import { openDatabase } from '../../../postgres/database.ts'
import { ownComponent } from '../../../postgres/manifest.ts'
import { readComponent } from '../../../postgres/migrate/files.ts'
import { newMigration } from '../../../postgres/migrate/new-migration.ts'
import { migrateDown, migrateUp } from '../../../postgres/migrate/run.ts'
import { walletDatabase } from '../databases.ts'
import { seed } from '../seeds.ts'

const document = await readFile(new URL('document.md', import.meta.url), 'utf8')
const closing: (() => Promise<unknown>)[] = []
after(async () => {
  for (const close of closing.toReversed()) await close()
})

/** SQL also stands in two blocks of shell commands: what begins with these words is a statement. */
const IN_SHELL = /^(CREATE DATABASE|CREATE USER|GRANT|DROP TABLE) .*;$/

/** All statements, in the order of the document, without the comments between them. */
function printed(): string[] {
  const blocks = [...document.matchAll(/^```(sql|bash)\n([\s\S]*?)^```/gm)]
  return blocks.flatMap(([, language, text = '']) =>
    language === 'sql'
      ? text
          .replace(/^--.*$/gm, '')
          .split(/;[ \t]*$/m)
          .map((statement) => statement.trim())
          .filter((statement) => statement !== '')
      : text.split('\n').filter((line) => IN_SHELL.test(line)),
  )
}

const statements = printed()
const aboutTheCluster = (statement: string) => /^(CREATE DATABASE|CREATE USER|GRANT)/.test(statement)
const begins = (words: string) => statements.filter((statement) => statement.startsWith(words))

async function empty(): Promise<{ url: string; client: pg.Client }> {
  const url = await emptyTestDatabase()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  closing.push(
    () => dropDatabase(url),
    () => client.end(),
  )
  return { url, client }
}

async function migrated() {
  const one = await empty()
  await migrateUp(one.url, walletDatabase)
  // As everybody who connects after the migration: with the search path that it set.
  const client = new pg.Client({ connectionString: one.url })
  await client.connect()
  closing.push(() => client.end())
  return { ...one, client }
}

test('the document prints what is run here', () => {
  assert.equal(begins('CREATE TABLE').length, 2)
  assert.equal(begins('CREATE INDEX').length, 12)
  assert.equal(begins('INSERT').length, 6)
  assert.equal(begins('VACUUM').length + begins('REINDEX').length, 5)
  assert.equal(statements.length, 45)
})

test('check 5: every printed statement runs, but for fourteen tables and indexes that are there already', async () => {
  const { client } = await migrated()
  const refused: string[] = []
  for (const statement of statements) {
    if (aboutTheCluster(statement)) continue
    await client.query(statement).catch((error: unknown) => {
      assert.ok(error instanceof pg.DatabaseError && error.code === '42P07', `${statement}\n${error}`)
      refused.push(statement)
    })
  }
  assert.deepEqual(refused, [...begins('CREATE TABLE'), ...begins('CREATE INDEX')].toSorted(inOrder))
  const { rows } = await client.query(`select balance, onapps_point, in_transaction from user_balance`)
  assert.deepEqual(rows, [{ balance: 100_000, onapps_point: '50', in_transaction: 0 }])
  const { rows: wrong } = await client.query('select * from ledger.verify()')
  assert.deepEqual(wrong, [])
})

function inOrder(a: string, b: string): number {
  return statements.indexOf(a) - statements.indexOf(b)
}

test('check 1: the seventeen tables and twelve indexes are there; a second migration changes nothing', async () => {
  const { url, client } = await migrated()
  const documented = [...document.matchAll(/^\*\*Table Name\*\*: `(\w+)`/gm)].map(([, name]) => name)
  assert.equal(documented.length, 17)
  const { rows: tables } = await client.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public'`,
  )
  const names = tables.map(({ name }) => name)
  assert.deepEqual(
    documented.filter((name) => !names.includes(name ?? '')),
    [],
  )
  assert.ok(names.every((name) => name === name.toLowerCase()))
  const { rows: indexes } = await client.query<{ name: string }>(
    `select indexname as name from pg_indexes where schemaname = 'public'`,
  )
  const printedNames = begins('CREATE INDEX').map((statement) => /INDEX (\w+)/.exec(statement)?.[1] ?? '')
  assert.deepEqual(
    printedNames.filter((name) => !indexes.some((one) => one.name === name)),
    [],
  )
  assert.deepEqual(await migrateUp(url, walletDatabase), [])
})

test('check 2: undone to nothing and migrated again, the schema is the same to the catalog', async () => {
  const { url, client } = await migrated()
  const { name, errors } = walletDatabase
  const database = openDatabase({ name, url, errors, clock: systemClock })
  closing.push(() => database.close())
  const before = await readCatalog(database)
  const undone = await migrateDown(url, walletDatabase, { to: '0000' })
  assert.ok(undone.length > 10)
  const { rows } = await client.query(`select tablename from pg_tables where schemaname = 'public'`)
  assert.deepEqual(rows, [])
  assert.equal(
    (await migrateUp(url, walletDatabase)).filter(({ direction }) => direction === 'up').length,
    undone.length,
  )
  assert.deepEqual(compareCatalogs(before, await readCatalog(database)), [])
})

test('check 9: the printed seed statements, twice after ours, leave five payment types and four channels', async () => {
  const { url, client } = await migrated()
  const { name, errors } = walletDatabase
  const database = openDatabase({ name, url, errors, clock: systemClock })
  closing.push(() => database.close())
  const seeded = () => seed({ database: () => database, log: silentLog }, { demo: false })
  await seeded()
  const look = async () =>
    (
      await client.query(`
        select (select jsonb_agg(to_jsonb(t) - 'updated_at' order by id) from payment_types t) as types,
          (select jsonb_agg(c order by id) from bank_channel c) as channels`)
    ).rows
  const ours = await look()
  const theirs = [...begins('INSERT INTO payment_types'), ...begins('INSERT INTO bank_channel')]
  assert.equal(theirs.length, 2)
  for (const statement of [...theirs, ...theirs]) await client.query(statement)
  await seeded()
  assert.deepEqual(await look(), ours)
  assert.deepEqual([ours[0].types.length, ours[0].channels.length], [5, 4])
})

test('the migration runs the printed indexes word for word', async () => {
  const { migrations } = await readComponent(ownComponent(walletDatabase))
  const text = migrations.find(({ name }) => name === 'indexes')?.up ?? ''
  for (const statement of begins('CREATE INDEX')) assert.ok(text.includes(`${statement};`), statement)
})

test('check 3: "new add-column-to-user-info" makes both ways; new_field comes and goes and comes again', async () => {
  const { url, client } = await migrated()
  const folder = await mkdtemp(join(tmpdir(), 'userstate-migrations-'))
  closing.push(() => rm(folder, { recursive: true }))
  await cp(fileURLToPath(ownComponent(walletDatabase).directory), folder, { recursive: true })
  const own = { ...ownComponent(walletDatabase), directory: pathToFileURL(`${folder}/`) }
  const manifest = { ...walletDatabase, components: [...walletDatabase.components.slice(0, -1), own] }

  const file = await newMigration(own, 'add-column-to-user-info')
  assert.match(file, /\d{4}_add_column_to_user_info\.sql$/)
  const begun = await readFile(file, 'utf8')
  await writeFile(
    file,
    begun
      .replace('-- migrate:up\n', '-- migrate:up\nalter table user_info add column new_field varchar(255);\n')
      .replace('-- migrate:down\n', '-- migrate:down\nalter table user_info drop column new_field;\n'),
  )
  const isThere = async () => {
    const { rowCount } = await client.query(
      `select from information_schema.columns where table_name = 'user_info' and column_name = 'new_field'`,
    )
    return rowCount === 1
  }
  const stepsOf = (steps: readonly { direction: string; name: string }[]) =>
    steps.map(({ direction, name }) => `${direction} ${name}`)
  assert.deepEqual(stepsOf(await migrateUp(url, manifest)), ['up add_column_to_user_info'])
  assert.equal(await isThere(), true)
  assert.deepEqual(stepsOf(await migrateDown(url, manifest, { steps: 1 })), ['down add_column_to_user_info'])
  assert.equal(await isThere(), false)
  await migrateUp(url, manifest)
  assert.equal(await isThere(), true)
})

test('check 4: tables made as printed are adopted with their rows', async () => {
  const { url, client } = await empty()
  for (const statement of begins('CREATE TABLE')) await client.query(statement)
  await client.query(
    `insert into user_login (username, pwd, created_at) values ('old', 'x', '2024-01-15 10:30:00')`,
  )
  await client.query(
    `insert into user_login (username, pwd, created_at, updated_at) values ('older', 'x', null, null)`,
  )
  await client.query(
    `insert into user_info (username, email, first_name, last_name) values ('old', 'old@example.com', 'O', 'L')`,
  )
  await migrateUp(url, walletDatabase)
  const { rows } = await client.query(`
    select l.username, l.created_at at time zone 'UTC' = '2024-01-15 10:30:00' as as_utc, l.otp_login,
      i.marketing_opt_in from user_login l join user_info i using (username)`)
  assert.deepEqual(rows, [{ username: 'old', as_utc: true, otp_login: false, marketing_opt_in: true }])
  const { rows: nulls } = await client.query('select from user_login where created_at is null')
  assert.equal(nulls.length, 0)
  await client.query(`update user_info set first_name = 'N'`)
  const { rows: touched } = await client.query('select from user_info where updated_at > created_at')
  assert.equal(touched.length, 1)
})

test('a database of the older program is adopted with its money, its points and its indexes', async () => {
  const { url, client } = await empty()
  for (const statement of begins('CREATE TABLE')) await client.query(statement)
  await client.query(`
    create table user_balance (username varchar(255) primary key references user_login (username),
      balance integer not null, onapps_point varchar(255), in_transaction integer not null, updated_at timestamp);
    create type enum_point_mutation_type as enum ('EARN', 'REDEEM');
    create type enum_point_mutation_status as enum ('PENDING', 'COMPLETE');
    create table point_mutation (id serial primary key, username varchar(255) not null references user_login (username),
      type enum_point_mutation_type not null, amount numeric not null, reference_number varchar(255) not null,
      src varchar(255) not null, status enum_point_mutation_status not null, account_name varchar(255),
      created_at timestamp not null default now(), updated_at timestamp not null default now());
    create index idx_point_mutation_type on point_mutation (type);
    insert into user_login (username, pwd) values ('a', 'x'), ('b', 'x'), ('c', 'x');
    insert into user_balance values ('a', 5000, '70', 1000, now()), ('b', 0, null, 0, now());
    insert into point_mutation (username, type, amount, reference_number, src, status) values
      ('a', 'EARN', 100, 'r', 'PROMO', 'COMPLETE'), ('a', 'REDEEM', 20, 'r', 'PROMO', 'PENDING'),
      ('c', 'EARN', 7.5, 'r', 'PROMO', 'COMPLETE'), ('c', 'EARN', 9, 'r', 'PROMO', 'PENDING')`)
  await migrateUp(url, walletDatabase)
  const { rows: shown } = await client.query(`
    select username, balance, onapps_point, in_transaction from user_balance order by username`)
  assert.deepEqual(shown, [
    { username: 'a', balance: 5000, onapps_point: '70', in_transaction: 1000 },
    { username: 'b', balance: 0, onapps_point: null, in_transaction: 0 },
    { username: 'c', balance: 0, onapps_point: '7.5', in_transaction: 0 },
  ])
  const { rows: openings } = await client.query(`
    select username, type, amount::text from point_mutation where reference_number = 'OPENING'`)
  assert.deepEqual(openings, [{ username: 'a', type: 'REDEEM', amount: '30' }])
  const { rows: held } = await client.query(`select held from ledger.account where name = 'points:a'`)
  assert.deepEqual(held, [{ held: '2000' }])
  await client.query(`update point_mutation set status = 'COMPLETE' where status = 'PENDING'`)
  const { rows: after } = await client.query(
    `select onapps_point as p from user_balance where username in ('a', 'c') order by username`,
  )
  assert.deepEqual(after, [{ p: '50' }, { p: '16.5' }])
  const { rows: wrong } = await client.query('select * from ledger.verify()')
  assert.deepEqual(wrong, [])
})

test('what is under way in the older program ends here: referrals, top-ups, payments', async () => {
  const { url, client } = await empty()
  for (const statement of begins('CREATE TABLE')) await client.query(statement)
  await client.query(`
    create table referral_history (id serial primary key, username varchar(255) not null references user_info (username),
      referral_code varchar(255) not null, submitted_by varchar(255) not null references user_info (username),
      status varchar(255) not null, created_at timestamp, updated_at timestamp);
    create table user_transaction (id bigserial primary key, username varchar(255) not null references user_login (username),
      type varchar(255) not null, amount integer not null, xendit_invoice varchar(255), invoice varchar(255) not null,
      status varchar(255) not null, src varchar(255), xendit_url varchar(255), invoice_onmarket varchar(255),
      expired_at date, freight_charge integer, insurance_amount integer, onbooking_code varchar(255),
      amount_2 varchar(255), commission_onmarket integer, created_at timestamp, updated_at timestamp);
    insert into user_login (username, pwd) select unnest('{host,empty,words,late,none}'::text[]), 'x';
    insert into user_info (username, email, first_name, last_name, referral_applied_status)
      values ('host', 'h@example.com', 'A', 'B', null), ('empty', 'e@example.com', 'A', 'B', null),
        ('words', 'w@example.com', 'A', 'B', 'sudah dipakai'), ('late', 'l@example.com', 'A', 'B', null),
        ('none', 'n@example.com', 'A', 'B', 'belum');
    insert into referral_history (username, referral_code, submitted_by, status)
      select unnest('{empty,words,late}'::text[]), 'HOST1', 'host', 'PENDING';
    insert into user_transaction (username, type, amount, xendit_invoice, invoice, status, src, expired_at) values
      ('empty', 'TOPUP', 50000, 'x1', 'I1', 'PENDING', null, null),
      ('words', 'TOPUP', 50000, 'x2', 'I2', 'EXPIRED', 'app', '2024-01-15'),
      ('none', 'PAYMENT', 20000, 'x3', 'I3', 'PENDING', 'XENDIT', null),
      ('none', 'TOPUP', 10000, null, 'I4', 'PENDING', null, null),
      ('none', 'TOPUP', 10000, null, 'I5', 'PENDING', 'XENDIT', '2024-01-15'),
      ('none', 'TOPUP', 10000, 'x6', 'I6', 'PAID', null, null)`)
  await migrateUp(url, walletDatabase)
  const said = async () =>
    (
      await client.query('select username, referral_applied_status as says from user_info order by id')
    ).rows.map(({ username, says }) => `${username} ${says}`)
  assert.deepEqual(await said(), ['host null', 'empty PENDING', 'words PENDING', 'late PENDING', 'none null'])
  const rows = async () =>
    (
      await client.query(`select invoice, status, src, gateway_error from user_transaction where parent_id is null
        order by id`)
    ).rows.map((row) => Object.values(row).join(' '))
  const untouched = ['I4 EXPIRED XENDIT ', 'I5 EXPIRED XENDIT ', 'I6 PAID  ']
  assert.deepEqual(await rows(), [
    'I1 PENDING XENDIT ',
    'I2 EXPIRED XENDIT ',
    'I3 PENDING XENDIT ',
    ...untouched,
  ])
  await client.query(
    `select settle_invoice(id, xendit_invoice, amount, 'IDR', 0, null) from user_transaction
      where xendit_invoice in ('x1', 'x2', 'x3') order by id`,
  )
  assert.deepEqual(await rows(), [
    'I1 PAID XENDIT ',
    'I2 PAID XENDIT ',
    'I3 FAILED XENDIT PAYEE_UNKNOWN',
    ...untouched,
  ])
  await client.query(`update referral_history set expires_at = niaga.now() where username = 'late'`)
  await client.query('select expire_referrals(10)')
  assert.deepEqual(await said(), [
    'host null',
    'empty COMPLETED',
    'words COMPLETED',
    'late EXPIRED',
    'none null',
  ])
  const { rows: money } = await client.query(`
    select username, balance, onapps_point as points from user_balance order by username`)
  assert.deepEqual(money, [
    { username: 'empty', balance: 50_000, points: '50' },
    { username: 'host', balance: 0, points: '200' },
    { username: 'none', balance: 20_000, points: null },
    { username: 'words', balance: 50_000, points: '50' },
  ])
})

test('the printed statements make a database and its user on a server that has neither', async () => {
  const { url } = await startTestServer()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const clean = async () => {
    await client.query('drop database if exists userstate with (force)')
    await client.query('drop role if exists userstate_user')
  }
  try {
    await clean()
    for (const statement of statements.filter(aboutTheCluster)) await client.query(statement)
    await clean()
  } finally {
    await client.end()
  }
})
