/** What an operator does from the shell with wallets that are there: looking, looking after, backing up, restoring. */
import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import pg from 'pg'
import { upkeepWork } from '../src/app/upkeep-job.ts'
import { systemCaller } from '../src/kernel/caller.ts'
import { silentLog } from '../src/kernel/log.ts'
import { type Catalog, readCatalog } from '../src/postgres/catalog/catalog.ts'
import { compareCatalogs, describeDifference } from '../src/postgres/catalog/compare.ts'
import { openDatabase } from '../src/postgres/database.ts'
import { sql } from '../src/postgres/sql.ts'
import { walletDatabase } from '../src/systems/userstate/databases.ts'
import { userstate } from '../src/systems/userstate/system.ts'
import { dropDatabase, emptyTestDatabase } from './database.ts'
import { houseFolder } from './house.ts'
import { openUserstate } from './userstate.ts'

const wallet = await openUserstate()
const { owner, store } = wallet
const house = await houseFolder()
const backups = await mkdtemp(join(tmpdir(), 'userstate-backups-'))
after(async () => {
  await house.remove()
  await rm(backups, { recursive: true })
})

const environment = {
  NIAGA_BACKUPS: backups,
  NIAGA_BACKUP_KEY: randomBytes(32).toString('base64'),
  NIAGA_USERSTATE_URL: wallet.databaseUrl,
  NIAGA_USERSTATE_AUDITS_URL: wallet.auditsUrl,
}
const niaga = (words: string, extra: Record<string, string> = {}) =>
  house.run(words.split(' '), { ...environment, ...extra })

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return await work(client).finally(() => client.end())
}

/** As somebody who can silence every trigger. */
const damage = (statement: string) =>
  withClient(wallet.databaseUrl, (client) =>
    client.query(`begin; set local session_replication_role = replica; ${statement}; commit`),
  )

/** Rows of every table, by name; and what people have. */
async function contents(url: string) {
  return await withClient(url, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind = 'r' and n.nspname in ('public', 'ledger', 'audit', 'niaga') order by 1`,
    )
    const counts: Record<string, unknown> = {}
    for (const { name } of tables) {
      counts[name] = (await client.query(`select count(*)::int4 as n from ${name}`)).rows[0]?.n
    }
    const wallets = tables.some(({ name }) => name === 'user_balance')
      ? (
          await client.query(
            'select username, balance, onapps_point, in_transaction from user_balance order by 1',
          )
        ).rows
      : []
    return { counts, wallets }
  })
}

await wallet.person({ balance: 70_000, points: '12.5' })
await wallet.person({ balance: 5_000 })
await owner.run(sql`insert into user_login (username, pwd) values ('imported', 'x'), ('other', 'x')`)
await owner.run(sql`
  insert into user_balance (username, balance, in_transaction) values ('imported', 1000, 400), ('other', 500, 200)`)

test('check 55: backup, drop, restore: identical row counts, balances and a clean ledger; unreadable without the key', async () => {
  await wallet.auditArrives()
  const created = await niaga('backup create --system userstate --json')
  assert.equal(created.code, 0, created.text)
  assert.equal(JSON.parse(created.text)[0].encrypted, true)
  const before = [await contents(wallet.databaseUrl), await contents(wallet.auditsUrl)]
  const urls = [await emptyTestDatabase(), await emptyTestDatabase()]
  after(async () => {
    for (const url of urls) await dropDatabase(url)
  })
  const elsewhere = { NIAGA_USERSTATE_URL: urls[0] ?? '', NIAGA_USERSTATE_AUDITS_URL: urls[1] ?? '' }
  const restore = 'backup restore newest --system userstate --json'
  const keys = ['', randomBytes(32).toString('base64')]
  for (const NIAGA_BACKUP_KEY of keys) {
    const { code, text } = await niaga(restore, { ...elsewhere, NIAGA_BACKUP_KEY })
    assert.equal(code, 2, text)
    assert.match(text, /it is encrypted with the key/)
  }
  const restored = await niaga(restore, elsewhere)
  assert.equal(restored.code, 0, restored.text)
  assert.deepEqual(JSON.parse(restored.text)[0].proof.violations, 0)
  assert.deepEqual([await contents(urls[0] ?? ''), await contents(urls[1] ?? '')], before)
  assert.ok(before[0]?.wallets.length === 4 && Number(before[1]?.counts.audit_logs) > 0)
  const check = await niaga('userstate check', elsewhere)
  assert.deepEqual([check.code, check.text.trim()], [0, 'The books agree: no violation.'])
})

const psql = promisify(execFile)
const HAS_PSQL = spawnSync('psql', ['--version']).status === 0

test('check 55: a plain dump loads with psql, and is then the same to the last right; --tables takes some', {
  skip: HAS_PSQL ? false : 'psql is not installed',
}, async () => {
  const [whole, some] = [join(backups, 'whole.sql'), join(backups, 'some.sql')]
  const [all, few, wrong] = await Promise.all([
    niaga(`backup export --database userstate --out ${whole}`),
    niaga(`backup export --database userstate --tables user_login,user_info --out ${some}`),
    niaga(
      `backup export --database userstate --tables user_login,nobody --out ${join(backups, 'wrong.sql')}`,
    ),
  ])
  assert.deepEqual([all.code, few.code, wrong.code], [0, 0, 2], all.text + few.text + wrong.text)
  assert.match(wrong.text, /there is no table nobody/)
  // Every role that is given rights, for a server that has none of them.
  assert.deepEqual(
    [...(await readFile(whole, 'utf8')).matchAll(/create role "(\w+)"/g)].map(([, role]) => role),
    ['niaga_app', 'userstate_ro'],
  )
  assert.equal(existsSync(join(backups, 'wrong.sql')), false)
  const before = await contents(wallet.databaseUrl)
  for (const [file, isWhole] of [
    [whole, true],
    [some, false],
  ] as const) {
    const url = await emptyTestDatabase()
    try {
      await psql('psql', ['-X', '-q', '-f', file, url])
      const { counts, wallets } = await contents(url)
      if (isWhole) {
        assert.deepEqual({ counts, wallets }, before)
        assert.deepEqual(await differences(wallet.databaseUrl, url), [])
        const check = await niaga('userstate check', { NIAGA_USERSTATE_URL: url })
        assert.equal(check.code, 0, check.text)
      } else {
        assert.deepEqual(counts, { user_info: before.counts.user_info, user_login: before.counts.user_login })
      }
    } finally {
      await dropDatabase(url)
    }
  }
})

/** PostgreSQL writes the casts of "in (…)" otherwise once it has read its own words, also from pg_dump. */
const withoutCasts = (catalog: Catalog): Catalog =>
  catalog.map(({ facts, ...object }) => {
    const { definition } = facts
    if (typeof definition !== 'string') return { ...object, facts }
    return {
      ...object,
      facts: { ...facts, definition: definition.replace(/::(character varying|text)(\[\])?|[()]/g, '') },
    }
  })

/** What the second database has otherwise than the first, object by object. */
async function differences(...urls: readonly [string, string]): Promise<string[]> {
  const [one, two] = urls.map((url) => openDatabase({ name: 'userstate', url, errors: {} }))
  assert.ok(one && two)
  try {
    return compareCatalogs(withoutCasts(await readCatalog(one)), withoutCasts(await readCatalog(two))).map(
      describeDifference,
    )
  } finally {
    await Promise.all([one.close(), two.close()])
  }
}

test('what an imported wallet had in transaction is captured or released once, and on record', async () => {
  const hold = (words: string) => niaga(`userstate opening-hold ${words}`)
  const [neither, nobody] = await Promise.all([hold('imported'), hold('person_1 --capture')])
  assert.deepEqual([neither.code, nobody.code], [2, 2], neither.text + nobody.text)
  const captured = await hold('imported --capture')
  assert.match(captured.text, /^captured; imported has 600, 0 of it held/)
  const [again, back, released] = await Promise.all([
    hold('imported --capture'),
    hold('imported --release'),
    hold('other --release'),
  ])
  assert.equal(again.code, 0, again.text)
  assert.equal(back.code, 2)
  assert.match(back.text, /already captured/)
  assert.match(released.text, /^released; other has 500, 0 of it held/)
  await wallet.auditArrives()
  const told = await store.audits.many<{ action: string }>(sql`
    select distinct entity_id, action from audit_logs where entity_type = 'opening_hold' order by 1`)
  assert.deepEqual(
    told.map(({ action }) => action),
    ['capture', 'release'],
  )
})

test('"check" finds what the ledger cannot know: points, paid rows, transfers; "orphans" finds rows without a parent', async () => {
  await damage(`
    insert into point_mutation (username, type, amount, reference_number, src, status)
      values ('person_1', 'EARN', 5, 'by hand', 'PROMO', 'COMPLETE');
    insert into user_transaction (username, type, amount, invoice, status, paid_at)
      values ('person_1', 'TOPUP', 1000, 'BY-HAND-1', 'PAID', now());
    insert into user_transaction (username, type, amount, invoice, status, transfer_id)
      values ('person_1', 'TOPUP', 1000, 'BY-HAND-2', 'PAID', gen_random_uuid());
    insert into user_transaction (username, type, amount, invoice, status)
      values ('person_1', 'TOPUP', 1000, 'IMPORTED', 'PAID');
    insert into user_info (username, email, first_name, last_name) values ('ghost', 'g@example.com', 'G', 'H')`)
  try {
    const [check, orphans] = await Promise.all([
      niaga('userstate check --json'),
      niaga('db orphans --database userstate --json'),
    ])
    assert.equal(check.code, 1)
    assert.deepEqual(
      JSON.parse(check.text)
        .map((row: { violation: string }) => row.violation)
        .toSorted(),
      [
        'money is not what its row says',
        'paid without a transfer',
        'points are not the sum of their mutations',
        'transfer is not in the ledger',
      ],
    )
    assert.equal(orphans.code, 1)
    assert.deepEqual(JSON.parse(orphans.text), [
      {
        database: 'userstate',
        table: 'user_info',
        constraint: 'user_info_username_fkey',
        parent: 'user_login',
        rows: '1',
        example: 'ghost',
      },
    ])
  } finally {
    await damage(`
      delete from point_mutation where reference_number = 'by hand';
      delete from user_transaction where invoice in ('BY-HAND-1', 'BY-HAND-2', 'IMPORTED');
      delete from user_info where username = 'ghost'`)
  }
  const [check, orphans] = await Promise.all([
    niaga('userstate check'),
    niaga('db orphans --database userstate'),
  ])
  assert.deepEqual([check.code, orphans.code], [0, 0], check.text + orphans.text)
  assert.match(orphans.text, /Every row has its parent/)
})

test('sizes and index usage are tables for people and JSON for scripts', async () => {
  const [sizes, usage] = await Promise.all([
    niaga('db sizes --database userstate'),
    niaga('db index-usage --database userstate --json'),
  ])
  assert.equal(sizes.code, 0, sizes.text)
  assert.match(sizes.text, /userstate +public\.user_login +/)
  const used: { index: string; scans: string; valid: boolean }[] = JSON.parse(usage.text)
  assert.ok(used.some(({ index }) => index === 'idx_user_transaction_username'))
  const scans = used.map((row) => Number(row.scans))
  assert.deepEqual(
    scans,
    scans.toSorted((a, b) => a - b),
  )
})

const vacuums = () =>
  owner.one<{ n: number }>(sql`
    select sum(vacuum_count)::int4 as n from pg_catalog.pg_stat_user_tables
    where relname in ('user_transaction', 'point_mutation', 'referral_history')`)
const files = () =>
  owner.many<{ name: string; file: string }>(sql`
    select indexrelid::regclass::text as name, pg_relation_filenode(indexrelid)::text as file from pg_catalog.pg_index
    where indrelid in ('user_info'::regclass, 'user_transaction'::regclass) order by 1`)

test('the printed tables are vacuumed and reindexed, by command and by the house on its nights', async () => {
  const before = await files()
  // As a run that was cut off leaves it.
  await owner.run(sql`create index user_info_pkey_ccnew on user_info (username)`)
  await owner.run(sql`
    update pg_catalog.pg_index set indisvalid = false where indexrelid = 'user_info_pkey_ccnew'::regclass`)
  const [vacuumed, reindexed, nothing] = await Promise.all([
    niaga('db vacuum --database userstate'),
    niaga('db reindex --database userstate --json'),
    niaga('db vacuum --database userstate_audits'),
  ])
  assert.equal(vacuumed.code, 0, vacuumed.text)
  assert.equal((await vacuums()).n, 3)
  assert.deepEqual(JSON.parse(reindexed.text), [
    { database: 'userstate', table: 'user_info' },
    { database: 'userstate', table: 'user_transaction' },
  ])
  const now = await files()
  assert.deepEqual(
    now.map(({ name }) => name),
    before.map(({ name }) => name),
  )
  assert.ok(now.every(({ file }, i) => file !== before[i]?.file))
  assert.equal(nothing.code, 2, nothing.text)

  const located = [{ manifest: walletDatabase, url: wallet.databaseUrl, applicationUrl: wallet.databaseUrl }]
  const { tasks, cron } = upkeepWork(userstate, located)
  assert.deepEqual(
    cron.map(({ job, schedule }) => `${job.name} ${schedule}`),
    ['niaga.vacuum 0 3 * * 0', 'niaga.reindex 30 3 1 * *'],
  )
  const run = { attempt: 1, lastAttempt: false, caller: systemCaller, log: silentLog }
  for (const task of tasks) await task.run({}, { ...run, signal: new AbortController().signal })
  assert.equal((await vacuums()).n, 6)
  await assert.rejects(async () => tasks[0]?.run({}, { ...run, signal: AbortSignal.abort() }))
})

test('document logs are found, summed and cleaned from the shell', async () => {
  const day = 86_400_000
  const entry = (id: string, status: string, daysAgo: number) =>
    store.logs.write(
      'xendit_checkout_logs',
      {
        id,
        status,
        amount: 1000,
        platform: 'api',
        data: '{}',
        createdAt: new Date(Date.now() - daysAgo * day),
      },
      new Date(),
    )
  await entry('new', 'PAID', 1)
  await entry('pending', 'PENDING', 1)
  await entry('old', 'PAID', 91)
  const logs = (words: string) => niaga(`userstate logs ${words}`)
  const [found, stats, unknown, wrong] = await Promise.all([
    logs(`find checkouts --status PAID --since 2024-01-01 --json`),
    logs('stats checkouts --json'),
    logs('find mails'),
    logs('clean --days 0'),
  ])
  assert.deepEqual(
    JSON.parse(found.text).map(({ id }: { id: string }) => id),
    ['new', 'old'],
  )
  assert.deepEqual(JSON.parse(stats.text), [
    { status: 'PAID', count: 2, total: 2000 },
    { status: 'PENDING', count: 1, total: 1000 },
  ])
  assert.deepEqual([unknown.code, wrong.code], [2, 2])
  assert.match(unknown.text, /there are checkouts and payouts/)
  const cleaned = await logs('clean --days 90')
  assert.match(cleaned.text, /xendit_checkout_logs: 1 document deleted/)
  assert.equal((await store.logs.find('xendit_checkout_logs', { limit: 10 })).length, 2)
})
