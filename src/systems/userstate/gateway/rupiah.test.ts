import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toRupiah } from './rupiah.ts'

test('hundredths become the nearest rupiah, above zero and below', () => {
  const sums = [14_700_000n, 14_700_049n, 14_700_050n, 0n, -14_700_000n, -14_700_049n, -14_700_051n, -1n]
  assert.deepEqual(sums.map(toRupiah), [147_000n, 147_000n, 147_001n, 0n, -147_000n, -147_000n, -147_001n, 0n])
})
