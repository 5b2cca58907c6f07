import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeCursor, encodeCursor, toPage } from './cursor.ts'
import { isDomainError } from './errors.ts'

const rows = [1, 2, 3].map((id) => ({ id }))
const key = ({ id }: { id: number }) => [id]
const same = (row: { id: number }) => row

test('the extra row makes a next page and is not shown', () => {
  const page = toPage(rows, 2, key, same)
  assert.deepEqual(page.items, [{ id: 1 }, { id: 2 }])
  assert.deepEqual(decodeCursor(page.next_cursor ?? '', ['number'] as const), [2])
})

test('the last page, and an empty one, have no next', () => {
  assert.equal(toPage(rows, 3, key, same).next_cursor, null)
  assert.deepEqual(toPage([], 3, key, same), { items: [], next_cursor: null })
})

test('a cursor that was tampered with is a bad request, whatever it holds', () => {
  const wrong = [
    '',
    'x',
    '%00',
    encodeCursor([]),
    encodeCursor([1, 2]),
    encodeCursor(['1']),
    encodeCursor([1.5]),
  ]
  for (const cursor of [...wrong, Buffer.from('{"0":1,"length":1}').toString('base64url')]) {
    assert.throws(
      () => decodeCursor(cursor, ['number'] as const),
      (error) => isDomainError(error, 'bad_request'),
      cursor,
    )
  }
  assert.throws(() => decodeCursor(encodeCursor(['a\0b']), ['string'] as const))
})
