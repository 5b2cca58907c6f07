import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { wholeMoney } from '../../../kernel/money.ts'
import { DEFAULT_TARIFF, feeOf } from './tariff.ts'

const rupiah = (whole: number) => wholeMoney('IDR', whole)

/** floor(amount * 7 / 1000) by digits: sevenfold, then the last three digits dropped. */
function documentedFee(amount: number): number {
  const sevenfold = String(amount * 7).padStart(4, '0')
  return Number(sevenfold.slice(0, -3)) + 310
}

test('the documented figures', () => {
  const known = { 30000: 520, 99000: 1003, 10000: 380, 12345: 396, 9999: 379, 7805: 364 }
  for (const [amount, fee] of Object.entries(known)) {
    assert.equal(feeOf(rupiah(Number(amount)), DEFAULT_TARIFF), rupiah(fee), amount)
  }
})

test('every amount: the fee of the documented formula, whole rupiah', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000_000 }), (amount) => {
      assert.equal(feeOf(rupiah(amount), DEFAULT_TARIFF), rupiah(documentedFee(amount)))
    }),
    { numRuns: 2000 },
  )
})

test('roundings differ by one rupiah at most, and only where there is something to round', () => {
  const fee = (amount: number, rounding: 'floor' | 'half_up' | 'ceil') =>
    feeOf(rupiah(amount), [{ upTo: null, perMille: 7, fixed: 310, rounding }]) / 100n
  assert.deepEqual([fee(7805, 'floor'), fee(7805, 'half_up'), fee(7805, 'ceil')], [364n, 365n, 365n])
  assert.deepEqual([fee(1000, 'floor'), fee(1000, 'half_up'), fee(1000, 'ceil')], [317n, 317n, 317n])
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000_000 }), (amount) => {
      const exact = amount % 1000 === 0
      assert.equal(
        fee(amount, 'ceil') - fee(amount, 'floor'),
        exact ? 0n : (amount * 7) % 1000 === 0 ? 0n : 1n,
      )
    }),
  )
})

test('rows by amount, and deviations', () => {
  const tariff = [
    { upTo: 105_000, perMille: 7, fixed: 310, rounding: 'floor' },
    { upTo: null, perMille: 10, fixed: 0, rounding: 'floor' },
  ] as const
  assert.equal(feeOf(rupiah(105_000), tariff), rupiah(1045))
  assert.equal(feeOf(rupiah(105_001), tariff), rupiah(1050))
  assert.equal(feeOf(rupiah(30_000), tariff, 1), rupiah(521))
  assert.equal(feeOf(rupiah(30_000), tariff, 5), rupiah(525))
})
