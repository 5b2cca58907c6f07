import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createClient } from 'redis'
import { testDatabase } from '../../../test/database.ts'
import { platformDatabase } from '../../../test/platform.ts'
import { redisMissing, testRedis } from '../../../test/redis.ts'
import { until } from '../../../test/until.ts'
import { systemCaller } from '../../kernel/caller.ts'
import { SandboxClock } from '../../kernel/clock.ts'
import { silentLog } from '../../kernel/log.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { failoverKv } from './failover-kv.ts'
import type { Kv } from './kv.ts'
import { PostgresKv, purgeExpiredKeys } from './postgres-kv.ts'
import { RedisKv } from './redis-kv.ts'

const clock = new SandboxClock()
const { db } = await testDatabase(platformDatabase, clock)

/** Redis' clock cannot be moved, so there every key's end comes nearer instead. */
async function hurry(url: string, seconds: number): Promise<void> {
  const client = await createClient({ url }).connect()
  for await (const keys of client.scanIterator()) {
    for (const key of keys) {
      const left = await client.pTTL(key)
      if (left > 0) await client.pExpire(key, Math.max(1, left - seconds * 1000))
    }
  }
  client.destroy()
}

/** Answers once the connection stands. */
async function connected(kv: Kv): Promise<void> {
  await until(() =>
    kv.get('x').then(
      () => true,
      () => false,
    ),
  )
}

/** Every end lies a minute ahead and `pass` brings it: no machine is too slow to be there before. */
function contract(prefix: string, kv: () => Kv, pass: (seconds: number) => Promise<void>): void {
  test('what is set is read back, whole, until it is replaced or deleted', async () => {
    assert.equal(await kv().get(`${prefix}a`), undefined)
    await kv().set(`${prefix}a`, '{"état": "é"}', null)
    assert.equal(await kv().get(`${prefix}a`), '{"état": "é"}')
    assert.equal(await kv().ttl(`${prefix}a`), null)
    await kv().set(`${prefix}a`, '', 60)
    assert.equal(await kv().get(`${prefix}a`), '')
    assert.ok(((await kv().ttl(`${prefix}a`)) ?? 0) > 30)
    await kv().delete([`${prefix}a`, 'never there'])
    assert.deepEqual([await kv().get(`${prefix}a`), await kv().ttl(`${prefix}a`)], [undefined, undefined])
    await kv().delete([])
  })

  test('many values in one go: those that are there, and nothing for the rest', async () => {
    await kv().set(`${prefix}m1`, 'one', 60)
    await kv().set(`${prefix}m2`, 'two', null)
    const found = await kv().getMany([`${prefix}m1`, `${prefix}m2`, `${prefix}m3`])
    assert.deepEqual(Object.fromEntries(found), { [`${prefix}m1`]: 'one', [`${prefix}m2`]: 'two' })
    assert.equal((await kv().getMany([])).size, 0)
  })

  test('a value is gone after its time, and writing it again starts the time again', async () => {
    await kv().set(`${prefix}short`, 'x', 60)
    await pass(61)
    await until(async () => (await kv().get(`${prefix}short`)) === undefined)
    await kv().set(`${prefix}short`, 'y', 60)
    await pass(30)
    await kv().set(`${prefix}short`, 'z', 60)
    await pass(31)
    assert.equal(await kv().get(`${prefix}short`), 'z')
  })

  test('a hundred increments at once count to a hundred, each number once', async () => {
    const counts = await Promise.all(Array.from({ length: 100 }, () => kv().increment(`${prefix}crowd`, 60)))
    assert.deepEqual(
      counts.map(({ count }) => count).toSorted((a, b) => a - b),
      [...Array(101).keys()].slice(1),
    )
    for (const { resetsInSeconds } of counts) assert.ok(resetsInSeconds > 30 && resetsInSeconds <= 60)
  })

  test('what was counted too early is given back, and nothing below zero', async () => {
    const count = async (by?: number) => (await kv().increment(`${prefix}back`, 60, by)).count
    assert.deepEqual([await count(), await count(10), await count(-1)], [1, 11, 10])
    assert.deepEqual([await count(-100), await count()], [0, 1])
    const { count: none, resetsInSeconds } = await kv().increment(`${prefix}never counted`, 60, -1)
    assert.equal(none, 0)
    assert.ok(resetsInSeconds > 30 && resetsInSeconds <= 60)
  })

  test('a window ends when it was said to, however often it was counted in', async () => {
    await kv().increment(`${prefix}window`, 60)
    await pass(30)
    assert.equal((await kv().increment(`${prefix}window`, 60)).count, 2)
    await pass(31)
    await until(async () => (await kv().ttl(`${prefix}window`)) === undefined)
    assert.equal((await kv().increment(`${prefix}window`, 60)).count, 1)
  })

  test('a sorted set answers by score, then by name, up to a score and a limit', async () => {
    for (const [member, score] of [
      ['c', 2],
      ['b', 1.5],
      ['A', 2],
      ['z', 9],
    ] as const) {
      await kv().sortedAdd(`${prefix}queue`, member, score)
    }
    await kv().sortedAdd(`${prefix}queue`, 'z', 1)
    const upTo = async (score: number, limit = 10) =>
      (await kv().sortedUpTo(`${prefix}queue`, score, limit)).map(({ member }) => member)
    assert.deepEqual(await upTo(2), ['z', 'b', 'A', 'c'])
    assert.deepEqual(await upTo(1.5), ['z', 'b'])
    assert.deepEqual(await upTo(2, 1), ['z'])
    await kv().sortedRemove(`${prefix}queue`, 'z')
    await kv().sortedReplace(`${prefix}queue`, [
      { member: 'b', score: 7 },
      { member: 'n', score: 8 },
    ])
    assert.deepEqual(await kv().sortedUpTo(`${prefix}queue`, 100, 10), [
      { member: 'b', score: 7 },
      { member: 'n', score: 8 },
    ])
    await kv().sortedReplace(`${prefix}queue`, [])
    assert.deepEqual(await upTo(100), [])
  })
}

describe('kv on PostgreSQL', () => {
  const kv = new PostgresKv(db)
  contract(
    'postgres:',
    () => kv,
    async (seconds) => clock.advance({ seconds }),
  )

  test('the purge removes what has expired and nothing else', async () => {
    await kv.set('old', 'x', 10)
    await kv.set('young', 'x', 100)
    clock.advance({ seconds: 11 })
    const purge = () => inTransaction(db, systemCaller, (tx) => tx.run(purgeExpiredKeys(100)))
    assert.ok((await purge()) >= 1)
    assert.equal(await purge(), 0)
    assert.equal(await kv.get('young'), 'x')
  })
})

describe('kv on Redis', { skip: redisMissing }, () => {
  let kv: Kv
  let neighbour: Kv
  let server: Awaited<ReturnType<typeof testRedis>>
  before(async () => {
    server = await testRedis()
    await server.start()
    kv = new RedisKv(server.url, '', silentLog)
    neighbour = new RedisKv(server.url, 'neighbour:', silentLog)
    await connected(kv)
    await connected(neighbour)
  })
  after(async () => {
    await kv.close()
    await neighbour.close()
    await server.kill()
  })
  contract(
    'redis:',
    () => kv,
    (seconds) => hurry(server.url, seconds),
  )
  describe('with a prefix', () => {
    contract(
      'redis:',
      () => neighbour,
      (seconds) => hurry(server.url, seconds),
    )
  })

  test('two owners of one Redis, the same keys: neither meets what is the other’s', async () => {
    await kv.set('both', 'mine', 60)
    await kv.increment('both:count', 60)
    await kv.sortedAdd('both:set', 'mine', 1)
    assert.equal(await neighbour.get('both'), undefined)
    assert.equal((await neighbour.increment('both:count', 60)).count, 1)
    await neighbour.set('both', 'theirs', 60)
    await neighbour.sortedReplace('both:set', [{ member: 'theirs', score: 1 }])
    await neighbour.delete(['both'])
    assert.equal(await kv.get('both'), 'mine')
    assert.deepEqual(await kv.sortedUpTo('both:set', 9, 9), [{ member: 'mine', score: 1 }])
    assert.equal(await kv.get('neighbour:both:count'), '1')
  })
})

describe('Redis with PostgreSQL behind it', { skip: redisMissing }, () => {
  let redis: RedisKv
  let kv: Kv
  let server: Awaited<ReturnType<typeof testRedis>>
  before(async () => {
    server = await testRedis()
    await server.start()
    redis = new RedisKv(server.url, '', silentLog)
    kv = failoverKv(redis, new PostgresKv(db), silentLog)
    await connected(redis)
  })
  after(async () => {
    await kv.close()
    await server.kill()
  })
  contract(
    'both:',
    () => kv,
    async (seconds) => {
      clock.advance({ seconds })
      await hurry(server.url, seconds)
    },
  )

  test('Redis is switched off mid-flow: sessions and limits go on, and it catches up when it is back', async () => {
    await kv.set('session:1', 'choosing', 86_400)
    for (let i = 0; i < 3; i++) await kv.increment('rate:1:cmd', 60)
    assert.equal(await redis.get('session:1'), 'choosing')

    await server.kill()
    assert.equal(await kv.get('session:1'), 'choosing')
    assert.equal((await kv.increment('rate:1:cmd', 60)).count, 4)
    await kv.set('session:1', 'paying', 86_400)
    await kv.sortedAdd('queue:payment_expiry', 'TRX1', 5)
    assert.equal(await kv.get('session:1'), 'paying')

    await server.start()
    await until(async () => {
      await kv.get('session:1')
      return (await redis.get('session:1').catch(() => undefined)) === 'paying'
    })
    assert.equal((await kv.increment('rate:1:cmd', 60)).count, 5)
    assert.deepEqual(await redis.sortedUpTo('queue:payment_expiry', 10, 10), [{ member: 'TRX1', score: 5 }])
  })
})
