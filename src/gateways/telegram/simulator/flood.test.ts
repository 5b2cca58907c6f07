import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StillClock } from '../../../../test/still-clock.ts'
import { defaultFloodLimits, FloodControl } from './flood.ts'
import { Refusal } from './refusal.ts'

const person = { id: 1, type: 'private' }
const group = { id: -1, type: 'group' }

/** Counts until refused. @returns how many were let through, and the seconds to wait */
function sendUntilRefused(flood: FloodControl, chat: { id: number; type: string }): [number, number] {
  for (let sent = 0; sent < 1000; sent += 1) {
    try {
      flood.count(chat)
    } catch (error) {
      assert.ok(error instanceof Refusal && error.status === 429)
      return [sent, error.parameters?.retry_after ?? 0]
    }
  }
  return assert.fail('never refused')
}

test('a burst to one person passes, a flood waits, and one message a second goes on', () => {
  const clock = new StillClock()
  const flood = new FloodControl(clock, defaultFloodLimits)
  assert.deepEqual(sendUntilRefused(flood, person), [20, 1])
  clock.advance({ seconds: 3 })
  assert.deepEqual(sendUntilRefused(flood, person), [3, 1])
})

test('strictly one a second to one person where the burst is one', () => {
  const flood = new FloodControl(new StillClock(), { chatBurst: 1 })
  assert.deepEqual(sendUntilRefused(flood, person), [1, 1])
})

test('a group takes 20 a minute, then names the seconds until the next one', () => {
  const clock = new StillClock()
  const flood = new FloodControl(clock, defaultFloodLimits)
  assert.deepEqual(sendUntilRefused(flood, group), [20, 3])
  clock.advance({ minutes: 1 })
  assert.deepEqual(sendUntilRefused(flood, group), [20, 3])
})

test('30 a second over all chats, and a refused message costs nothing', () => {
  const clock = new StillClock()
  const flood = new FloodControl(clock, defaultFloodLimits)
  let sent = 0
  const refused = () => {
    try {
      flood.count({ id: 1000 + sent, type: 'private' })
      sent += 1
      return false
    } catch {
      return true // 429: counted by the loop below
    }
  }
  while (!refused());
  assert.equal(sent, 30)
  clock.advance({ seconds: 1 })
  while (!refused());
  assert.equal(sent, 60)
})
