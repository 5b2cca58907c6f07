import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseTimestamp } from './timestamps.ts'

const cases: readonly [text: string, instant: string | undefined][] = [
  ['2025-09-19T01:18:49.678622564Z', '2025-09-19T01:18:49.678Z'],
  ['2024-09-10T08:07:02.819+07:00', '2024-09-10T01:07:02.819Z'],
  ['2024-09-10T08:07:02+0700', '2024-09-10T01:07:02.000Z'],
  ['2024-09-10T08:07:02.5Z', '2024-09-10T08:07:02.500Z'],
  ['2024-09-10 08:07:02', '2024-09-10T01:07:02.000Z'],
  ['2024-13-10T08:07:02Z', undefined],
  ['2024-09-10', undefined],
  ['soon', undefined],
  ['', undefined],
]

for (const [text, instant] of cases) {
  test(`"${text}" is ${instant ?? 'no instant'}`, () => {
    assert.equal(parseTimestamp(text)?.toISOString(), instant)
  })
}
