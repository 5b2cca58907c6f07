import assert from 'node:assert/strict'
import { test } from 'node:test'
import { together } from './together.ts'

test('answers stand in their places, whichever came first', async () => {
  const first = Promise.withResolvers<string>()
  const both = together([first.promise, Promise.resolve('b').finally(() => first.resolve('a'))])
  assert.deepEqual(await both, ['a', 'b'])
})

test('the first failure in their order is thrown, and only once none runs any more', async () => {
  const slow = Promise.withResolvers<never>()
  let told = false
  const both = together([slow.promise, Promise.reject(new Error('quick'))])
  const watched = both.catch((error: unknown) => {
    told = true
    throw error
  })
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(told, false)
  slow.reject(new Error('slow'))
  await assert.rejects(watched, /slow/)
})
