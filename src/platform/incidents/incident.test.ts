import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../../test/database.ts'
import { platformDatabase } from '../../../test/platform.ts'
import { systemCaller } from '../../kernel/caller.ts'
import { SandboxClock } from '../../kernel/clock.ts'
import { inTransaction, type Tx } from '../../postgres/transaction.ts'
import { closeIncident, openIncident } from './incident.ts'

const clock = new SandboxClock()
const { db } = await testDatabase(platformDatabase, clock)
const on = <T>(work: (tx: Tx) => Promise<T>) => inTransaction(db, systemCaller, work)
const open = (mark: string) => on((tx) => openIncident(tx, 'gateway', mark))
const close = () => on((tx) => closeIncident(tx, 'gateway'))
const tellings = (all: readonly (string | undefined)[]) =>
  all.filter((telling) => telling !== undefined).length

test('twenty processes see the same incident: one tells its beginning, one its end', async () => {
  assert.equal(await close(), undefined)
  assert.equal(tellings(await Promise.all(Array.from({ length: 20 }, () => open('down')))), 1)
  assert.equal(tellings(await Promise.all(Array.from({ length: 20 }, close))), 1)
})

test('what comes to a known incident is told after ten minutes; what is known is never told again', async () => {
  const first = await open('1')
  assert.ok(first)
  assert.equal(await open('2'), undefined)
  clock.advance({ minutes: 10, seconds: 1 })
  assert.equal(await open('1'), undefined)
  const second = await open('2')
  assert.ok(second)
  assert.notEqual(first, second)
  clock.advance({ days: 1 })
  assert.equal(await open('2'), undefined)
})
