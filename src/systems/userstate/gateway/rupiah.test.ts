import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toRupiah } from './rupiah.ts'

test('hundredths become the nearest rupiah, above zero and below', () => {
  for (const sign of [1n, -1n])
    for (const [hundredths, rupiah] of [
      [0n, 0n],
      [49n, 0n],
      [51n, 1n],
      [14_700_000n, 147_000n],
    ] as const)
      assert.equal(toRupiah(sign * hundredths), sign * rupiah)
  assert.equal(toRupiah(50n), 1n)
})
