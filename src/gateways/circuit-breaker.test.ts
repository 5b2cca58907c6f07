import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StillClock } from '../../test/still-clock.ts'
import { CircuitBreaker, CircuitOpenError } from './circuit-breaker.ts'

class Down extends Error {}

function setUp() {
  const clock = new StillClock()
  const told: string[] = []
  const breaker = new CircuitBreaker({
    clock,
    isFailure: (error) => error instanceof Down,
    onOpen: () => told.push('open'),
    onRecovery: () => told.push('recovered'),
  })
  const fails = () => breaker.run(async () => Promise.reject(new Down()))
  const works = () => breaker.run(async () => 'answer')
  const failTimes = async (times: number) => {
    for (let i = 0; i < times; i++) await assert.rejects(fails(), Down)
  }
  return { clock, told, breaker, fails, works, failTimes }
}

test('four failures, a success and four failures: still closed', async () => {
  const { breaker, told, failTimes, works } = setUp()
  await failTimes(4)
  assert.equal(breaker.state, 'unknown')
  assert.equal(await works(), 'answer')
  assert.equal(breaker.state, 'up')
  await failTimes(4)
  assert.equal(await works(), 'answer')
  assert.deepEqual(told, [])
})

test('five failures in a row: the sixth call is not made, and says when to come back', async () => {
  const { breaker, told, failTimes } = setUp()
  await failTimes(5)
  let made = false
  const sixth = breaker.run(async () => {
    made = true
  })
  await assert.rejects(sixth, (error) => error instanceof CircuitOpenError && error.retryAfterMs === 30_000)
  assert.equal(made, false)
  assert.equal(breaker.closed, false)
  assert.deepEqual(told, ['open'])
})

test('after 30 s one call tries while the others wait; its success ends the incident, and they are made', async () => {
  const { clock, breaker, told, works, failTimes } = setUp()
  await failTimes(5)
  clock.advance({ seconds: 30 })
  assert.equal(breaker.closed, true)
  const { promise, resolve } = Promise.withResolvers<string>()
  const probe = breaker.run(() => promise)
  const calls: string[] = []
  const other = breaker.run(async () => calls.push('other'))
  await new Promise(setImmediate)
  assert.deepEqual(calls, [])
  assert.equal(breaker.state, 'down')
  resolve('back')
  assert.equal(await probe, 'back')
  assert.equal(await other, 1)
  assert.equal(breaker.state, 'up')
  assert.equal(await works(), 'answer')
  assert.deepEqual(told, ['open', 'recovered'])
})

test('where the one that tries fails, those that waited for it are refused without being made', async () => {
  const { clock, breaker, failTimes } = setUp()
  await failTimes(5)
  clock.advance({ seconds: 30 })
  const { promise, reject } = Promise.withResolvers<string>()
  const probe = breaker.run(() => promise)
  const calls: string[] = []
  const others = [1, 2].map((n) => breaker.run(async () => calls.push(`other ${n}`)))
  reject(new Down())
  await assert.rejects(probe, Down)
  for (const other of others) await assert.rejects(other, CircuitOpenError)
  assert.deepEqual(calls, [])
})

test('one that tries and throws before it waits for anything holds nobody up', async () => {
  const { clock, breaker, works, failTimes } = setUp()
  await failTimes(5)
  clock.advance({ seconds: 30 })
  const broken = breaker.run(() => {
    throw new Down()
  })
  await assert.rejects(broken, Down)
  clock.advance({ seconds: 30 })
  assert.equal(await works(), 'answer')
})

test('an outage of ten minutes is told once, and its end once', async () => {
  const { clock, told, works, failTimes } = setUp()
  await failTimes(5)
  for (let probe = 0; probe < 20; probe++) {
    clock.advance({ seconds: 30 })
    await failTimes(1)
    await assert.rejects(works(), CircuitOpenError)
  }
  clock.advance({ seconds: 30 })
  await works()
  assert.deepEqual(told, ['open', 'recovered'])
  await failTimes(5)
  assert.deepEqual(told, ['open', 'recovered', 'open'])
})

test('a refusal shows that the party is up', async () => {
  const { breaker, told, failTimes } = setUp()
  await failTimes(4)
  await assert.rejects(
    breaker.run(async () => Promise.reject(new Error('no'))),
    /no/,
  )
  await failTimes(4)
  assert.deepEqual(told, [])
})

test('a slow success begun before the outage does not end it', async () => {
  const { breaker, told, failTimes } = setUp()
  const { promise, resolve } = Promise.withResolvers<string>()
  const slow = breaker.run(() => promise)
  await failTimes(5)
  resolve('late')
  assert.equal(await slow, 'late')
  assert.equal(breaker.closed, false)
  assert.deepEqual(told, ['open'])
})
