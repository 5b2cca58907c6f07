/** A shop at work is backed up; what comes back is a shop. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { zstdDecompressSync } from 'node:zlib'
import { backupWork } from '../src/app/backup-job.ts'
import { newestBackup } from '../src/app/backups.ts'
import { loadConfiguration } from '../src/app/configuration.ts'
import { verify } from '../src/ledger/ledger.ts'
import { drainAudit } from '../src/platform/audit/relay.ts'
import { verifyAudit } from '../src/platform/audit/verify.ts'
import { drainJobs } from '../src/platform/jobs/drain.ts'
import { type CreatedBackup, createBackup } from '../src/postgres/backup/create.ts'
import { restoreBackup } from '../src/postgres/backup/restore.ts'
import { type Database, openDatabase } from '../src/postgres/database.ts'
import { sql } from '../src/postgres/sql.ts'
import { auditsDatabase, storeDatabase } from '../src/systems/quickcart/databases.ts'
import { dropDatabase, emptyTestDatabase, startTestServer } from './database.ts'
import { houseFolder } from './house.ts'
import { openShop } from './quickcart-shop.ts'
import { until } from './until.ts'

const shop = await openShop()
const root = await mkdtemp(join(tmpdir(), 'niaga-backup-'))
after(() => rm(root, { recursive: true }))

const sources = [
  { manifest: storeDatabase, url: shop.owner.db.url },
  { manifest: auditsDatabase, url: shop.owner.audits.url },
]
const backup = () => createBackup({ system: 'quickcart', sources, root, niagaVersion: '0' })

/** The backup in two databases of its own; dropped when `work` is done. */
async function withRestored(
  folder: string,
  work: (restored: { db: Database; audits: Database }) => Promise<void>,
): Promise<void> {
  const targets = [
    { manifest: storeDatabase, url: await emptyTestDatabase() },
    { manifest: auditsDatabase, url: await emptyTestDatabase() },
  ]
  await restoreBackup({ system: 'quickcart', folder, targets })
  const [db, audits] = targets.map(({ manifest, url }) =>
    openDatabase({ name: manifest.name, url, errors: manifest.errors }),
  )
  assert.ok(db && audits)
  try {
    await work({ db, audits })
  } finally {
    await Promise.all([db.close(), audits.close()])
    for (const { url } of targets) await dropDatabase(url)
  }
}

/** Nothing contradicts itself, and the audit's chain is whole. */
async function assertSound({ db, audits }: { db: Database; audits: Database }): Promise<void> {
  assert.deepEqual(await verify(db), [])
  const { ok, problem } = await verifyAudit({ source: db, target: audits, anchorPath: join(root, 'none') })
  assert.ok(ok, problem)
}

async function orderIds(db: Database): Promise<string[]> {
  return (await db.many<{ id: string }>(sql`select id::text from orders order by id`)).map(({ id }) => id)
}

function rowsOf({ databases }: CreatedBackup['manifest'], table: string): number {
  return databases.flatMap(({ tables }) => tables).find(({ name }) => name === table)?.rows ?? 0
}

/** Orders that the record speaks of. */
async function audited(audits: Database): Promise<string[]> {
  const rows = await audits.many<{ id: string }>(
    sql`select entity_id as id from audit_logs where entity_type = 'orders' group by 1 order by min(id)`,
  )
  return rows.map(({ id }) => id)
}

test('taken while people buy: the books agree, and the audit tells of every order there is and of no other', async () => {
  const product = await shop.product({ stock: 300 })
  const buyers = await Promise.all(
    Array.from({ length: 12 }, () => shop.customer({ balance: '10000000.00' })),
  )
  let bought = 0
  // Each until the shop finds it enough for one person.
  const crowd = buyers.map(async (buyer) => {
    while ((await shop.order(buyer, product, { method: 'account_balance' })).status === 201) bought += 1
  })
  while (bought < 20) await new Promise(setImmediate)
  const { folder, manifest } = await backup()
  await Promise.all(crowd)
  assert.ok(rowsOf(manifest, 'orders') >= 20)

  await withRestored(folder, async (restored) => {
    const there = await orderIds(restored.db)
    const before = await audited(restored.audits)
    assert.deepEqual(
      before.filter((id) => !there.includes(id)),
      [],
      'told of, but not there',
    )
    await assertSound(restored)
    // The relay goes on where it was: what waited arrives, each row once.
    while ((await drainAudit({ source: restored.db, target: restored.audits })) > 0);
    assert.deepEqual((await audited(restored.audits)).toSorted(), there.toSorted())
    await assertSound(restored)
  })
})

/** What a restore sets right for its new server. */
const SET_RIGHT = new Set(['outbox', '_private_jobs', '_private_job_queues'])

test('the backup of a restored shop is the backup it was restored from: every row, every sequence', async () => {
  const first = await backup()
  await withRestored(first.folder, async ({ db, audits }) => {
    const copies = sources.map((source, i) => ({ ...source, url: [db, audits][i]?.url ?? '' }))
    const second = await createBackup({ system: 'copy', sources: copies, root, niagaVersion: '0' })
    const text = async ({ folder }: CreatedBackup, path: string) =>
      createHash('sha256')
        .update(zstdDecompressSync(await readFile(join(folder, path))))
        .digest('hex')
    for (const [i, { name, tables, sequences }] of first.manifest.databases.entries()) {
      assert.deepEqual(second.manifest.databases[i]?.sequences, sequences)
      assert.deepEqual(
        second.manifest.databases[i]?.tables.map((table) => table.name),
        tables.map((table) => table.name),
      )
      for (const { name: table, file } of tables) {
        if (SET_RIGHT.has(table)) continue
        assert.equal(await text(second, file.path), await text(first, file.path), `${name} ${table}`)
      }
    }
    assert.ok(rowsOf(first.manifest, 'orders') >= 20 && rowsOf(first.manifest, 'audit_logs') > 40)
  })
})

test('rows that waited for the relay on an older server are not stuck on a younger one, and keep their order', async () => {
  const { db } = shop.owner
  const note = (xid: string, id: string) =>
    db.run(sql`
      insert into audit.outbox (xid, occurred_at, actor_type, entity_type, entity_id, action)
      values (${xid}::xid8, now(), 'system', 'tests', ${id}, 'note')`)
  await note('900000000002', 'second')
  await note('900000000001', 'first')
  await db.run(sql`select graphile_worker.add_job('of_nobody', job_key := 'of_nobody')`)
  await db.run(
    sql`update graphile_worker._private_jobs set locked_at = now(), locked_by = 'gone' where key = 'of_nobody'`,
  )
  const { folder } = await backup()
  await db.run(sql`delete from audit.outbox where entity_type = 'tests'`)
  await db.run(sql`delete from graphile_worker._private_jobs where key = 'of_nobody'`)
  await withRestored(folder, async ({ db: restored, audits }) => {
    await restored.run(sql`select audit.emit('note', 'tests', 'third')`)
    let seen: readonly string[] = []
    // A transaction of another test that began before holds the newest row back for as long as it takes.
    await until(async () => {
      await drainAudit({ source: restored, target: audits })
      const rows = await audits.many<{ id: string }>(
        sql`select entity_id as id from audit_logs where entity_type = 'tests' order by id`,
      )
      seen = rows.map(({ id }) => id)
      return seen.length === 3
    })
    assert.deepEqual(seen, ['first', 'second', 'third'])
    const [job] = await restored.many(
      sql`select locked_by from graphile_worker._private_jobs where key = 'of_nobody'`,
    )
    assert.deepEqual(job, { locked_by: null })
  })
})

const house = await houseFolder()
after(house.remove)

/** Where the commands find this shop; their own backups lie apart from those above. */
const environment = {
  NIAGA_DATA: house.data,
  NIAGA_BACKUPS: join(root, 'of-commands'),
  NIAGA_DB_STORE1_URL: shop.owner.db.url,
  NIAGA_DB_AUDITS_URL: shop.owner.audits.url,
  NIAGA_SCRATCH_URL: (await startTestServer()).url,
  NIAGA_BACKUP_KEY: Buffer.alloc(32, 7).toString('base64'),
}
const niaga = (words: string, extra: Record<string, string> = {}) =>
  house.run([...words.split(' '), '--system', 'quickcart'], { ...environment, ...extra })

test('the commands: made with a key, listed, drilled with its RPO and RTO, and refused where it is damaged', async () => {
  const schedule = { NIAGA_BACKUP_SCHEDULE: '15 2 * * *' }
  const [nothing, missing] = await Promise.all([niaga('backup drill'), niaga('backup schedule', schedule)])
  assert.equal(nothing.code, 2, nothing.text)
  assert.match(nothing.text, /there is no whole backup of quickcart/)
  assert.equal(missing.code, 1, 'a schedule, and no backup')

  const created = await niaga('backup create --json')
  assert.equal(created.code, 0, created.text)
  const [{ id, folder, encrypted }] = JSON.parse(created.text)
  assert.equal(encrypted, true)
  const [list, due, drill, full] = await Promise.all([
    niaga('backup list --json'),
    niaga('backup schedule --json', schedule),
    niaga('backup drill --json'),
    niaga('backup restore newest'),
  ])
  assert.deepEqual([list.code, JSON.parse(list.text)[0].id], [0, id])
  assert.deepEqual([due.code, JSON.parse(due.text)[0].newest], [0, id])
  assert.equal(drill.code, 0, drill.text)
  const [{ proof, rows, rpoSeconds, rtoSeconds }] = JSON.parse(drill.text)
  assert.deepEqual([proof.ok, proof.violations], [true, 0])
  assert.ok(rows > 100 && rpoSeconds >= 0 && rtoSeconds > 0, drill.text)
  assert.match(full.text, /is not empty/)
  assert.notEqual(full.code, 0)

  const file = join(folder, 'db_store1', 'public.orders.copy.zst')
  const bytes = await readFile(file)
  await truncate(file, bytes.length - 1)
  const [cutList, cutRestore] = await Promise.all([niaga('backup list'), niaga(`backup restore ${id}`)])
  assert.equal(cutList.code, 1)
  for (const { text } of [cutList, cutRestore]) assert.match(text, /public\.orders\.copy\.zst has \d+ bytes/)
  assert.notEqual(cutRestore.code, 0)
  const flipped = Buffer.from(bytes)
  flipped[flipped.length >> 1] = (flipped[flipped.length >> 1] ?? 0) ^ 1
  await writeFile(file, flipped)
  const turned = await niaga('backup drill')
  assert.notEqual(turned.code, 0)
  assert.match(turned.text, /public\.orders\.copy\.zst is damaged/)
})

test('by its schedule the house makes one a night and lets go of what the rotation does not keep', async () => {
  const backups = join(root, 'of-the-house')
  const configuration = loadConfiguration({
    ...environment,
    NIAGA_BACKUPS: backups,
    NIAGA_BACKUP_SCHEDULE: '15 2 * * *',
  })
  const [system] = configuration.systems
  assert.ok(system)
  const located = sources.map(({ manifest, url }) => ({ manifest, url, applicationUrl: url }))
  const { tasks, cron } = backupWork(configuration, system, located)
  // A queue of its own: the shop's workers do not know this task.
  const night = () => drainJobs(shop.store.db, tasks, { cron })
  assert.deepEqual((await night()).done, [])
  shop.clock.advance({ days: 1 })
  assert.deepEqual((await night()).done, ['niaga.backup'])
  const newest = await newestBackup(configuration, system.name)
  assert.ok(newest?.manifest?.keyId)
  assert.deepEqual((await night()).done, [], 'once a night')
})
