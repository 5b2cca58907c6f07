import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { dropDatabase, emptyTestDatabase, testDatabase } from '../../../test/database.ts'
import { platformDatabase } from '../../../test/platform.ts'
import { type Caller, systemCaller } from '../../kernel/caller.ts'
import { SandboxClock } from '../../kernel/clock.ts'
import { openDatabase } from '../../postgres/database.ts'
import type { DatabaseManifest } from '../../postgres/manifest.ts'
import { migrateDown, migrateUp } from '../../postgres/migrate/run.ts'
import { sql } from '../../postgres/sql.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { auditComponent, platformComponent } from '../components.ts'
import { jobsComponent } from '../jobs/component.ts'

const clock = new SandboxClock()
const { db } = await testDatabase(platformDatabase, clock)

describe('clock and caller in SQL', () => {
  test('business time is the transaction time plus the sandbox offset, and real time where none is set', async () => {
    const lead = () =>
      inTransaction(db, systemCaller, (tx) =>
        tx.one<{ days: number }>(
          sql`select (extract(epoch from niaga.now() - now()) / 86400)::float8 as days`,
        ),
      )
    assert.equal((await lead()).days, 0)
    clock.advance({ days: 40 })
    assert.equal((await lead()).days, 40)
    const outside = await db.one<{ same: boolean }>(sql`select niaga.now() = now() as same`)
    assert.equal(outside.same, true)
  })

  test('business time in a condition still uses an index', async () => {
    await db.run(
      sql`create table public.due as select now() + n * interval '1 hour' as at from generate_series(1, 20000) n`,
    )
    await db.run(sql`create index on public.due (at)`)
    await db.run(sql`analyze public.due`)
    const plan = await db.many<object>(sql`explain select from public.due where at < niaga.now()`)
    assert.match(JSON.stringify(plan), /Index/)
    assert.doesNotMatch(JSON.stringify(plan), /niaga\.now/, 'it is inlined')
  })

  test('a transaction knows who acts; a session that says nothing is the system', async () => {
    const seen = (caller: Caller) =>
      inTransaction(db, caller, (tx) =>
        tx.one(sql`select niaga.actor_id() as id, niaga.actor_type() as type,
          niaga.correlation_id() as "correlationId", niaga.ip() as ip`),
      )
    const caller: Caller = { type: 'admin', id: '42', correlationId: `o'clock`, ip: '2001:db8::1' }
    assert.deepEqual(await seen(caller), caller)
    assert.deepEqual(await seen(systemCaller), { id: null, type: 'system', correlationId: null, ip: null })
  })
})

for (const component of [platformComponent, auditComponent]) {
  test(`every migration of ${component.name} can be undone and done again`, async () => {
    const url = await emptyTestDatabase()
    const floor = component === auditComponent ? [jobsComponent, platformComponent] : [jobsComponent]
    const manifest: DatabaseManifest = { ...platformDatabase, components: [...floor, component] }
    const scratch = openDatabase({ name: 'scratch', url, errors: {} })
    const catalog = () =>
      scratch.many(sql`
        select n.nspname, c.relname as name, c.relkind::text as kind from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where n.nspname in ('niaga', 'audit')
        union all
        select n.nspname, p.oid::regprocedure::text, 'function' from pg_proc p join pg_namespace n on n.oid = p.pronamespace
          where n.nspname in ('niaga', 'audit')
        order by 1, 2, 3`)
    await migrateUp(url, { ...manifest, components: [...floor, component] })
    const before = await catalog()
    await migrateDown(url, manifest, { steps: 100 })
    await migrateUp(url, manifest)
    assert.deepEqual(await catalog(), before)
    await scratch.close()
    await dropDatabase(url)
  })
}
