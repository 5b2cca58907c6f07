import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lastSlot } from './cron.ts'

const at = (iso: string) => new Date(iso)
const slot = (schedule: string, after: string, now: string, timeZone?: string) =>
  lastSlot({ schedule, ...(timeZone ? { timeZone } : {}) }, at(after), at(now))?.toISOString()

test('a quarter past three in Jakarta is 20:15 of the day before in UTC', () => {
  assert.equal(slot('15 3 * * *', '2026-01-01T00:00:00Z', '2026-01-03T00:00:00Z'), '2026-01-02T20:15:00.000Z')
})

test('nothing is due between two slots, and a slot is due from its first second on', () => {
  assert.equal(slot('15 3 * * *', '2026-01-02T20:15:00Z', '2026-01-03T20:14:59Z'), undefined)
  assert.equal(slot('15 3 * * *', '2026-01-02T20:15:00Z', '2026-01-03T20:15:00Z'), '2026-01-03T20:15:00.000Z')
})

test('days of the week are those of the zone', () => {
  // Monday 00:30 in Jakarta is still Sunday in UTC.
  assert.equal(slot('30 0 * * 1', '2026-01-01T00:00:00Z', '2026-01-06T00:00:00Z'), '2026-01-04T17:30:00.000Z')
})

test('a zone with summer time keeps its wall clock', () => {
  assert.equal(
    slot('0 9 * * *', '2026-03-27T12:00:00Z', '2026-03-28T12:00:00Z', 'Europe/Berlin'),
    '2026-03-28T08:00:00.000Z',
  )
  assert.equal(
    slot('0 9 * * *', '2026-03-28T12:00:00Z', '2026-03-29T12:00:00Z', 'Europe/Berlin'),
    '2026-03-29T07:00:00.000Z',
  )
})

test('a schedule that no day fits is never due', () => {
  assert.equal(slot('0 0 31 2 *', '2020-01-01T00:00:00Z', '2026-01-01T00:00:00Z'), undefined)
})

test('days of the month and of the week that are both named fit either; Sunday is 0 and 7, steps count from the first', () => {
  // 2026-01-04 is a Sunday.
  const next = (schedule: string) => slot(schedule, '2026-01-02T00:00:00Z', '2026-01-05T00:00:00Z', 'UTC')
  assert.equal(next('0 9 3 * 7'), '2026-01-04T09:00:00.000Z')
  assert.equal(next('0 9 3 * 0'), '2026-01-04T09:00:00.000Z')
  assert.equal(next('0 9 3 * 1'), '2026-01-03T09:00:00.000Z')
  assert.equal(next('0 9 3 * *'), '2026-01-03T09:00:00.000Z')
  assert.equal(next('*/25 8-20/5 4 1 *'), '2026-01-04T18:50:00.000Z')
})

test('a schedule that cannot be read is refused', () => {
  assert.throws(() => slot('61 * * * *', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'))
})

test('asked again and again, with earlier and later beginnings, a schedule says the same as when it is asked once', () => {
  const entry = { schedule: '0 0 1 * *', timeZone: 'UTC' }
  const asked = (after: string, now: string) => lastSlot(entry, at(after), at(now))?.toISOString()
  assert.equal(asked('2026-01-10T00:00:00Z', '2026-01-20T00:00:00Z'), undefined)
  assert.equal(asked('2026-01-10T00:00:00Z', '2026-01-31T23:59:59Z'), undefined)
  assert.equal(asked('2026-01-10T00:00:00Z', '2026-02-01T00:00:00Z'), '2026-02-01T00:00:00.000Z')
  assert.equal(asked('2026-02-01T00:00:00Z', '2026-02-10T00:00:00Z'), undefined)
  assert.equal(asked('2026-01-15T00:00:00Z', '2026-02-10T00:00:00Z'), '2026-02-01T00:00:00.000Z')
  assert.equal(asked('2025-12-15T00:00:00Z', '2026-01-20T00:00:00Z'), '2026-01-01T00:00:00.000Z')
})
