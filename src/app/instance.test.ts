/** Whose a data folder is: of one that lives and says so, never of one that is gone. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, test } from 'node:test'
import { until } from '../../test/until.ts'
import { claimInstance, releaseInstance, runningInstance } from './instance.ts'

const data = await mkdtemp(join(tmpdir(), 'niaga-instance-'))
const file = join(data, 'instance.json')
const LONG_AGO = new Date('2020-01-01')
/** Lives, and is not us. Nobody answers at its address. */
const neighbour = { pid: process.ppid, url: 'http://127.0.0.1:9' }

beforeEach(() => rm(file, { force: true }))
after(() => rm(data, { recursive: true }))

test('who holds the folder says so again and again, however long it does not answer', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  assert.equal(await claimInstance(data, 'http://127.0.0.1:9'), undefined)
  await utimes(file, LONG_AGO, LONG_AGO)
  t.mock.timers.tick(10_000)
  await until(async () => (await stat(file)).mtimeMs > Date.now() - 60_000)
  await releaseInstance(data)
  await assert.rejects(stat(file), { code: 'ENOENT' })
})

test('who lives and said so a moment ago has the folder; silent and without an answer it has not', async () => {
  await writeFile(file, JSON.stringify(neighbour))
  assert.deepEqual(await claimInstance(data, 'http://127.0.0.1:10'), neighbour)
  await utimes(file, LONG_AGO, LONG_AGO)
  assert.equal(await runningInstance(data), undefined)
})

test('a killed one that had our number, as in a container, does not have the folder', async () => {
  await writeFile(file, JSON.stringify({ ...neighbour, pid: process.pid }))
  assert.equal(await runningInstance(data), undefined)
  assert.equal(await claimInstance(data, 'http://127.0.0.1:10'), undefined)
  assert.deepEqual(await runningInstance(data), { pid: process.pid, url: 'http://127.0.0.1:10' })
  await releaseInstance(data)
})

test('a folder that another one has taken over stays its own when we stop', async () => {
  await claimInstance(data, 'http://127.0.0.1:10')
  await writeFile(file, JSON.stringify(neighbour))
  await releaseInstance(data)
  assert.deepEqual(JSON.parse(await readFile(file, 'utf8')), neighbour)
})
