/** Random operations against an independent model: same outcomes, same balances, a ledger that verifies. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { testDatabase } from '../../test/database.ts'
import { ledgerDatabase } from '../../test/ledger.ts'
import { DomainError } from '../kernel/errors.ts'
import { sql } from '../postgres/sql.ts'
import * as ledger from './ledger.ts'

const { db } = await testDatabase(ledgerDatabase)

/** What each account is, by its place: two hot ones, plain ones, a credit line, a till. */
const KINDS = [
  { floor: null, normal: 1n },
  { floor: null, normal: -1n },
  { floor: 0n, normal: 1n },
  { floor: 0n, normal: 1n },
  { floor: -50n, normal: 1n },
  { floor: 0n, normal: -1n },
] as const

interface ModelLeg {
  readonly from: number
  readonly to: number
  readonly amount: bigint
}
type ModelHold = {
  legs: readonly ModelLeg[]
  state: 'open' | 'captured' | 'released'
  amounts?: readonly bigint[]
}

/** The rules once more, without SQL: balances in each account's own sense. */
class Model {
  balances = KINDS.map(() => 0n)
  held = KINDS.map(() => 0n)
  readonly posted = new Map<string, readonly ModelLeg[]>()
  readonly holds = new Map<string, ModelHold>()

  /** Applies the legs in order; false and unchanged where one leaves a floor. */
  move(legs: readonly ModelLeg[]): boolean {
    const balances = [...this.balances]
    for (const { from, to, amount } of legs) {
      for (const [at, delta] of [
        [from, -amount],
        [to, amount],
      ] as const) {
        const { floor, normal } = kind(at)
        balances[at] = value(balances, at) + delta * normal
        const available = value(balances, at) - value(this.held, at)
        // What falls must stay above the floor; what rises always may.
        if (floor !== null && delta * normal < 0n && available < floor) return false
      }
    }
    this.balances = balances
    return true
  }

  reserve(legs: readonly ModelLeg[], sign: bigint): boolean {
    const held = [...this.held]
    for (const { from, to, amount } of legs) {
      if (kind(from).normal === 1n) held[from] = value(held, from) + sign * amount
      if (kind(to).normal === -1n) held[to] = value(held, to) + sign * amount
    }
    const stands = KINDS.every(
      ({ floor }, at) => floor === null || value(this.balances, at) - value(held, at) >= floor,
    )
    if (stands) this.held = held
    return stands
  }
}

const kind = (at: number) => KINDS[at] ?? KINDS[0]
const value = (list: readonly bigint[], at: number) => list[at] ?? 0n
const same = (a: readonly ModelLeg[], b: readonly ModelLeg[]) =>
  a.length === b.length &&
  a.every((leg, i) => leg.from === b[i]?.from && leg.to === b[i]?.to && leg.amount === b[i]?.amount)

function post(model: Model, reference: string, legs: readonly ModelLeg[]): string {
  const first = model.posted.get(reference)
  if (first) return same(first, legs) ? 'ok' : 'ledger_reference_reused'
  if (!model.move(legs)) return 'ledger_insufficient_funds'
  model.posted.set(reference, legs)
  return 'ok'
}

function hold(model: Model, reference: string, legs: readonly ModelLeg[]): string {
  const first = model.holds.get(reference)
  if (first) return same(first.legs, legs) ? 'ok' : 'ledger_reference_reused'
  if (model.posted.has(reference)) return 'ledger_reference_reused'
  if (!model.reserve(legs, 1n)) return 'ledger_insufficient_funds'
  model.holds.set(reference, { legs, state: 'open' })
  return 'ok'
}

/** `share` in percent of every leg is captured. */
function captureAmounts(legs: readonly ModelLeg[], share: bigint): bigint[] {
  return legs.map(({ amount }) => (amount * share + 99n) / 100n)
}

function capture(model: Model, reference: string, share: bigint): string {
  const found = model.holds.get(reference)
  if (!found) return 'ledger_hold_unknown'
  const legs = captureAmounts(found.legs, share).map((amount, i) => ({ ...leg(found.legs, i), amount }))
  if (found.state === 'captured') {
    return same(model.posted.get(reference) ?? [], legs) ? 'ok' : 'ledger_reference_reused'
  }
  if (found.state === 'released') return 'ledger_hold_closed'
  model.reserve(found.legs, -1n)
  const result = post(model, reference, legs)
  if (result === 'ok') found.state = 'captured'
  else model.reserve(found.legs, 1n)
  return result
}

function release(model: Model, reference: string): string {
  const found = model.holds.get(reference)
  if (!found) return 'ledger_hold_unknown'
  if (found.state === 'captured') return 'ledger_hold_closed'
  if (found.state === 'open') model.reserve(found.legs, -1n)
  found.state = 'released'
  return 'ok'
}

const leg = (legs: readonly ModelLeg[], i: number): ModelLeg => legs[i] ?? { from: 0, to: 1, amount: 0n }

const account = fc.nat(KINDS.length - 1)
const legArbitrary = fc
  .record({ from: account, to: account, amount: fc.bigInt(1n, 60n) })
  .filter(({ from, to }) => from !== to)
const legsArbitrary = fc.array(legArbitrary, { minLength: 1, maxLength: 4 })
const reference = fc.nat(15).map((n) => `r${n}`)
const operation = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ op: fc.constant('post' as const), reference, legs: fc.tuple(legArbitrary) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constant('journal' as const), reference, legs: legsArbitrary }),
  },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('hold' as const), reference, legs: legsArbitrary }) },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant('capture' as const),
      reference,
      share: fc.constantFrom(100n, 40n),
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('release' as const), reference }) },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant('batch' as const),
      items: fc.array(fc.record({ reference, leg: legArbitrary }), { minLength: 1, maxLength: 12 }),
    }),
  },
)
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never

let runs = 0

test('random posts, journals, holds and batches end as the model says', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 40 }), async (operations) => {
      const run = `m${++runs}`
      const names = KINDS.map((_, i) => `${run}.${i}`)
      for (const [i, { floor, normal }] of KINDS.entries()) {
        await ledger.openAccount(db, { name: names[i] ?? '', unit: 'IDR', floor, debitNormal: normal < 0n })
      }
      const model = new Model()
      for (const step of operations) await compare(model, step, run, names)
      const rows = await db.many<{ balance: bigint; held: bigint }>(
        sql`select balance, held from ledger.account_balance where name = any (${names}) order by name`,
      )
      assert.deepEqual(
        rows.map((row) => row.balance),
        model.balances,
      )
      assert.deepEqual(
        rows.map((row) => row.held),
        model.held,
      )
    }),
    { numRuns: 120 },
  )
  assert.deepEqual(await ledger.verify(db), [])
})

async function compare(model: Model, step: Operation, run: string, names: readonly string[]): Promise<void> {
  const name = (at: number) => names[at] ?? ''
  const legs = (list: readonly ModelLeg[]) =>
    list.map(({ from, to, amount }) => ({ debit: name(from), credit: name(to), amount }))
  const at = (key: string) => `${run}:${key}`
  if (step.op === 'batch') {
    const items = step.items.map(({ reference: key, leg: one }) => ({
      reference: at(key),
      kind: 'x',
      ...{ debit: name(one.from), credit: name(one.to), amount: one.amount },
    }))
    const expected = step.items.map((item) => post(model, item.reference, [item.leg]))
    const results = await ledger.postBatch(db, items)
    assert.deepEqual(
      results.map((result) => (result.outcome === 'refused' ? result.error : 'ok')),
      expected,
    )
    return
  }
  const key = at(step.reference)
  switch (step.op) {
    case 'post': {
      const [one] = step.legs
      const transfer = {
        reference: key,
        kind: 'x',
        debit: name(one.from),
        credit: name(one.to),
        amount: one.amount,
      }
      return assert.equal(await outcome(ledger.post(db, transfer)), post(model, step.reference, step.legs))
    }
    case 'journal': {
      const done = ledger.postJournal(db, { reference: key, kind: 'x', legs: legs(step.legs) })
      return assert.equal(await outcome(done), post(model, step.reference, step.legs))
    }
    case 'hold': {
      const done = ledger.holdJournal(db, { reference: key, kind: 'x', legs: legs(step.legs) })
      return assert.equal(await outcome(done), hold(model, step.reference, step.legs))
    }
    case 'capture': {
      const amounts = captureAmounts(model.holds.get(step.reference)?.legs ?? [], step.share)
      return assert.equal(
        await outcome(ledger.capture(db, key, ...amounts)),
        capture(model, step.reference, step.share),
      )
    }
    case 'release':
      return assert.equal(await outcome(ledger.release(db, key)), release(model, step.reference))
  }
}

async function outcome(done: Promise<unknown>): Promise<string> {
  try {
    await done
    return 'ok'
  } catch (error) {
    if (error instanceof DomainError) return error.code
    throw error
  }
}
