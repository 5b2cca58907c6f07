import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { dropDatabase, emptyTestDatabase } from '../../test/database.ts'
import { until } from '../../test/until.ts'
import { readUrl } from './connection.ts'
import { openPool } from './pool.ts'

const url = await emptyTestDatabase()
after(() => dropDatabase(url))

test('a rush opens four connections, and further ones one after the other, also for those who wait already', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const pool = openPool({ ...readUrl(url).pool, connectionTimeoutMillis: 0 })
  const held: { release(): void }[] = []
  const everybody = Array.from({ length: 10 }, async () => void held.push(await pool.connect()))
  for (const connections of [4, 5, 6, 7, 8, 9, 10]) {
    await until(async () => held.length === connections)
    assert.equal(pool.totalCount, connections, 'another is opened before the newest had its time')
    t.mock.timers.tick(300)
  }
  await Promise.all(everybody)
  for (const client of held) client.release()
  await pool.end()
})

test('what the server ends is opened again, and not more than was asked for', async () => {
  const pool = openPool({ ...readUrl(url).pool, max: 2 })
  pool.on('error', () => undefined)
  const two = await Promise.all([pool.connect(), pool.connect()])
  for (const client of two) client.release(true)
  await until(async () => pool.totalCount === 0)
  const again = await Promise.all([pool.connect(), pool.connect()])
  const third = pool.connect()
  assert.deepEqual([pool.totalCount, pool.waitingCount], [2, 1])
  for (const client of again) client.release()
  ;(await third).release()
  await pool.end()
})

test('a lull of minutes leaves the connections warm; a longer one lets them go', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const pool = openPool({ ...readUrl(url).pool, connectionTimeoutMillis: 0 })
  const two = await Promise.all([pool.connect(), pool.connect()])
  for (const client of two) client.release()
  t.mock.timers.tick(9 * 60_000)
  assert.equal(pool.totalCount, 2)
  t.mock.timers.tick(2 * 60_000)
  await until(async () => pool.totalCount === 0)
  await pool.end()
})
