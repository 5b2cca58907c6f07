import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StillClock } from '../../../test/still-clock.ts'
import { PakasirError } from './errors.ts'
import { RateLimiter } from './rate-limiter.ts'

test('three a minute: the fourth is told so at once, and goes when the minute is over', async () => {
  const clock = new StillClock()
  const limiter = new RateLimiter({ clock, perMinute: 3, maxWaitMs: 1000 })
  const turnAt = new Date(clock.now().getTime() + 60_000)
  for (let call = 0; call < 3; call++) await limiter.turn('create')
  const isFull = (error: unknown) => {
    assert.ok(error instanceof PakasirError)
    assert.deepEqual([error.kind, error.turnAt, error.retryable], ['not_yet', turnAt, true])
    return true
  }
  await assert.rejects(limiter.turn('create'), isFull)
  clock.advance({ seconds: 60 })
  await limiter.turn('create')
})

test('a turn that is near is waited for, in order, and never more than the limit in a minute', async () => {
  const clock = new StillClock()
  const limiter = new RateLimiter({ clock, perMinute: 2, maxWaitMs: 1000 })
  await Promise.all([limiter.turn('create'), limiter.turn('create')])
  clock.advance({ ms: 59_900 })
  const before = performance.now()
  await limiter.turn('create')
  assert.ok(performance.now() - before >= 50, 'it waited for the minute to pass')
})
