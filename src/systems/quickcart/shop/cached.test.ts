import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Type } from 'typebox'
import { openShop } from '../../../../test/quickcart-shop.ts'
import { cached, cachedJson } from './cached.ts'

const { store } = await openShop()

test('a hundred who ask at once are answered by one count', async () => {
  let counts = 0
  const count = async () => {
    counts += 1
    return 42
  }
  const asked = Array.from({ length: 100 }, () => cached(store, 'test:crowd', 60, count))
  assert.deepEqual(new Set(await Promise.all(asked)), new Set([42]))
  assert.equal(counts, 1)
  assert.equal(await cached(store, 'test:crowd', 60, () => assert.fail('it is kept')), 42)
})

test('a count that failed is tried again, and nonsense in the cache is no answer', async () => {
  await assert.rejects(
    cached(store, 'test:fails', 60, () => Promise.reject(new Error('away'))),
    /away/,
  )
  assert.equal(await cached(store, 'test:fails', 60, async () => 7), 7)
  for (const nonsense of ['', 'x', '-1', '{"n": 1}']) {
    await store.kv.set('test:nonsense', nonsense, 60)
    assert.equal(await cached(store, 'test:nonsense', 60, async () => 8), 8)
  }
})

test('lists are kept as they are', async () => {
  const Names = Type.Array(Type.String())
  assert.deepEqual(await cachedJson(store, 'test:list', 60, Names, async () => ['a']), ['a'])
  assert.deepEqual(await cachedJson(store, 'test:list', 60, Names, async () => ['b']), ['a'])
})
