import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dropDatabase, emptyTestDatabase } from '../../test/database.ts'
import { ledgerDatabase } from '../../test/ledger.ts'
import { openDatabase } from '../postgres/database.ts'
import { migrateDown, migrateUp } from '../postgres/migrate/run.ts'
import { sql } from '../postgres/sql.ts'
import * as ledger from './ledger.ts'

test('every migration can be undone one by one, and done again', async () => {
  const url = await emptyTestDatabase()
  const db = openDatabase({ name: 'ledger', url, errors: ledgerDatabase.errors })
  try {
    await migrateUp(url, ledgerDatabase)
    const before = await shape()
    const steps = (await db.many(sql`select from migrations.applied where component = 'ledger'`)).length
    for (let undone = 1; undone <= steps; undone++) {
      await migrateDown(url, ledgerDatabase, { steps: 1 })
      await migrateUp(url, ledgerDatabase)
      assert.deepEqual(await shape(), before)
      await migrateDown(url, ledgerDatabase, { steps: undone })
      await migrateUp(url, ledgerDatabase)
      assert.deepEqual(await shape(), before, `${undone} steps back and forth`)
    }
    await ledger.openAccount(db, { name: 'a', unit: 'IDR', floor: null })
    await migrateDown(url, ledgerDatabase, { steps })
    assert.deepEqual(await db.many(sql`select from pg_namespace where nspname = 'ledger'`), [])
  } finally {
    await db.close()
    await dropDatabase(url)
  }

  async function shape(): Promise<unknown> {
    return await db.many(sql`
      select c.relname as name, c.relkind::text as kind from pg_class c where c.relnamespace = 'ledger'::regnamespace
      union all select p.oid::regprocedure::text, md5(p.prosrc) from pg_proc p where p.pronamespace = 'ledger'::regnamespace
      union all select t.tgname || ' on ' || t.tgrelid::regclass, 'trigger' from pg_trigger t
        where not t.tgisinternal and t.tgrelid in (select oid from pg_class where relnamespace = 'ledger'::regnamespace)
      order by 1, 2`)
  }
})
