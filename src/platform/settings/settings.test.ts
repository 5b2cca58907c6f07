import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { Type } from 'typebox'
import { testDatabase } from '../../../test/database.ts'
import { platformDatabase } from '../../../test/platform.ts'
import { until } from '../../../test/until.ts'
import { systemCaller } from '../../kernel/caller.ts'
import { isDomainError } from '../../kernel/errors.ts'
import { silentLog } from '../../kernel/log.ts'
import { sql } from '../../postgres/sql.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { openSettings } from './settings.ts'

const { db } = await testDatabase(platformDatabase)
await db.run(sql`create table public.settings (
  key varchar(50) primary key, value jsonb not null, updated_by bigint, updated_at timestamptz not null default now())`)
await db.run(sql`create trigger settings_changed after insert or update or delete on public.settings
  for each row execute function niaga.settings_changed()`)

const open = () =>
  openSettings({
    database: db,
    table: 'settings',
    schemas: { page_size: Type.Integer({ minimum: 1, maximum: 50 }), presets: Type.Array(Type.Integer()) },
    defaults: { page_size: 10, presets: [10_000, 25_000] },
    log: silentLog,
  })

describe('settings', async () => {
  const here = await open()
  const there = await open()
  after(async () => {
    await Promise.all([here.close(), there.close()])
  })
  const change = (key: string, value: unknown) =>
    inTransaction(db, systemCaller, (tx) => here.set(tx, key, value, 42n))

  test('what nobody has changed has its default', () => {
    assert.deepEqual(here.all(), { page_size: 10, presets: [10_000, 25_000] })
  })

  test('a change reaches every process without a restart, a rolled-back one none', async () => {
    await change('page_size', 20)
    await until(() => here.get('page_size') === 20 && there.get('page_size') === 20)
    await assert.rejects(
      inTransaction(db, systemCaller, async (tx) => {
        await here.set(tx, 'page_size', 30, null)
        throw new Error('no')
      }),
    )
    await change('presets', [1])
    await until(() => there.get('presets').length === 1)
    assert.equal(there.get('page_size'), 20)
  })

  test('a value that does not fit is refused and names the field', async () => {
    for (const [key, value, field] of [
      ['page_size', 51, 'page_size'],
      ['page_size', '10', 'page_size'],
      ['presets', [1, 'x'], 'presets.1'],
    ] as const) {
      await assert.rejects(change(key, value), (error) => {
        assert.ok(isDomainError(error, 'validation_failed'))
        assert.match(JSON.stringify(error.details), new RegExp(`"field":"${field}"`))
        return true
      })
    }
    await assert.rejects(change('toString', 1), (error) => isDomainError(error, 'not_found'))
  })

  test('a row that no longer fits does not stop the shop', async () => {
    await db.run(sql`update public.settings set value = '"many"' where key = 'page_size'`)
    await until(() => there.get('page_size') === 10)
  })

  test('seeding fills what is missing and leaves what was changed', async () => {
    await change('presets', [7])
    await db.run(sql`delete from public.settings where key = 'page_size'`)
    await inTransaction(db, systemCaller, (tx) => here.seed(tx))
    await here.reload()
    assert.deepEqual(here.all(), { page_size: 10, presets: [7] })
  })
})
