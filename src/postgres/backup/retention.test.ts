import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { KEEP, type Kept, superfluous } from './retention.ts'

const DAY_MS = 86_400_000
const START = Date.UTC(2026, 0, 1, 2, 15)

const nightly = (nights: number): Kept[] =>
  Array.from({ length: nights }, (_, n) => ({
    id: String(n),
    takenAt: new Date(START + n * DAY_MS),
    good: true,
  }))

test('after two years of nights 7 days, 4 weeks and 12 months are left', () => {
  const all = nightly(730)
  const gone = new Set(superfluous(all))
  const left = all
    .filter((backup) => !gone.has(backup))
    .map(({ takenAt }) => takenAt.toISOString().slice(0, 10))
  assert.deepEqual(
    left.slice(-7),
    ['12-25', '12-26', '12-27', '12-28', '12-29', '12-30', '12-31'].map((d) => `2027-${d}`),
  )
  // Sundays end a week; the newest of the running week and of the running month is last night's.
  assert.ok(['2027-12-26', '2027-12-19', '2027-12-12'].every((sunday) => left.includes(sunday)))
  assert.ok(['2027-01-31', '2027-02-28', '2027-11-30'].every((end) => left.includes(end)))
  assert.equal(left.length, 7 + 2 + 11)
})

const backups = fc
  .array(fc.record({ minute: fc.integer({ min: 0, max: 3 * 365 * 24 * 60 }), good: fc.boolean() }), {
    maxLength: 80,
  })
  .map((some) =>
    some.map(
      ({ minute, good }, n): Kept => ({ id: String(n), takenAt: new Date(START + minute * 60_000), good }),
    ),
  )

test('whatever there is, the newest good one stays and pruning twice is pruning once', () => {
  fc.assert(
    fc.property(backups, (all) => {
      const gone = new Set(superfluous(all))
      const left = all.filter((backup) => !gone.has(backup))
      const good = all.filter((backup) => backup.good)
      const newest = Math.max(...good.map(({ takenAt }) => takenAt.getTime()))
      if (good.length > 0) assert.ok(left.some((one) => one.good && one.takenAt.getTime() === newest))
      assert.deepEqual(superfluous(left), [])
      assert.ok(left.filter((one) => one.good).length <= KEEP.days + KEEP.weeks + KEEP.months)
      // Without a good one nothing goes at all: a bad one is still more than none.
      if (good.length === 0) assert.equal(gone.size, 0)
    }),
  )
})

test('a newer backup never brings an older one back, and none is lost before its periods are over', () => {
  fc.assert(
    fc.property(backups, (all) => {
      const later: Kept = { id: 'later', takenAt: new Date(START + 4 * 365 * DAY_MS), good: true }
      const before = new Set(superfluous(all))
      const after = new Set(superfluous([...all, later]))
      for (const one of before) assert.ok(after.has(one))
      const days = new Set(
        all.filter(({ good }) => good).map(({ takenAt }) => takenAt.toISOString().slice(0, 10)),
      )
      const goodLeft = all.filter((one) => one.good && !before.has(one))
      assert.ok(goodLeft.length >= Math.min(days.size, KEEP.days))
    }),
  )
})
