import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { money, wholeMoney } from '../kernel/money.ts'
import { toWhole } from './amounts.ts'

test('whole rupiah leave exactly as they are, fractions never do', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 10n ** 14n }), (minor) => {
      const amount = money('IDR', minor)
      if (minor % 100n === 0n) assert.equal(wholeMoney('IDR', toWhole(amount)), amount)
      else assert.throws(() => toWhole(amount), RangeError)
    }),
  )
})

test('zero, less than zero and more than any payment are refused', () => {
  for (const whole of [0n, -500n, 10n ** 13n])
    assert.throws(() => toWhole(wholeMoney('IDR', whole)), RangeError)
})
