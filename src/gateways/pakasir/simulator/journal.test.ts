import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { SandboxClock } from '../../../kernel/clock.ts'
import { wholeMoney } from '../../../kernel/money.ts'
import { PakasirSimulator } from './simulator.ts'

function setUp(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'niaga-pakasir-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const stateFile = join(folder, 'deeper', 'pakasir.jsonl')
  const clock = new SandboxClock()
  return {
    stateFile,
    start: () => new PakasirSimulator({ clock, project: 'toko', apiKey: 'key', stateFile }),
  }
}

test('killed and started again: every transaction as it was, payments included', (t) => {
  const { start } = setUp(t)
  const before = start()
  for (const [index, orderId] of ['A', 'B', 'C', 'D'].entries())
    before.create(orderId, wholeMoney('IDR', 7805 + index))
  before.pay('A', { amount: wholeMoney('IDR', 7000), webhook: { drop: true } })
  before.cancel('B')
  before.expire('C')
  assert.deepEqual(start().list(), before.list())
})

test('a line cut in half by the kill costs that change alone, and starting does not pile up lines', (t) => {
  const { start, stateFile } = setUp(t)
  const before = start()
  before.create('A', wholeMoney('IDR', 30_000))
  before.pay('A', { webhook: { drop: true } })
  appendFileSync(stateFile, '{"orderId":"A","state":"canc')
  const after = start()
  assert.deepEqual(after.list(), before.list())
  assert.equal(readFileSync(stateFile, 'utf8').split('\n').length, 2)
})
