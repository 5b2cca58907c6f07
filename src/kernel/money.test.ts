import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatMoney, isWhole, money, parseMoney, rupiah, wholeMoney } from './money.ts'

test('whatever is formatted is read back as the same amount', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), (minor) => {
      assert.equal(parseMoney('IDR', formatMoney('IDR', money('IDR', minor))), minor)
    }),
  )
})

test('text that is no amount, or is finer than the currency, is refused instead of rounded', () => {
  for (const text of [
    '',
    '1.001',
    '1e3',
    '0x10',
    '1,5',
    ' 1',
    '--1',
    '1.',
    '.5',
    'NaN',
    '١',
    '9'.repeat(16),
  ]) {
    assert.throws(() => parseMoney('IDR', text), RangeError, text)
  }
  assert.equal(parseMoney('IDR', '1.500'), 150n)
})

test('people read rupiah as Indonesians write them', () => {
  assert.equal(rupiah(wholeMoney('IDR', 1_234_567)), 'Rp 1.234.567')
  assert.equal(rupiah(money('IDR', 50n)), 'Rp 0,50')
  assert.match(rupiah(wholeMoney('IDR', -150_000)), /-.*150\.000/)
})

test('an amount with sen is not whole', () => {
  assert.equal(isWhole('IDR', parseMoney('IDR', '10.00')), true)
  assert.equal(isWhole('IDR', parseMoney('IDR', '10.01')), false)
})
