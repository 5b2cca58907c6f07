import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { testDatabase } from '../../../test/database.ts'
import { platformDatabase } from '../../../test/platform.ts'
import { systemCaller } from '../../kernel/caller.ts'
import { isDomainError } from '../../kernel/errors.ts'
import { sql } from '../../postgres/sql.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { idempotent, requestHash } from './idempotent.ts'

const made = await testDatabase(platformDatabase)

describe('idempotency', () => {
  const once = (key: string, request: unknown, work: () => Promise<unknown>) =>
    inTransaction(made.db, systemCaller, (tx) => idempotent(tx, { scope: 'orders', key, request }, work))

  test('the same request again gets the first answer and no second effect', async () => {
    let effects = 0
    const work = async () => ({ invoice: `TRX${++effects}`, at: new Date(0) })
    const answer = { invoice: 'TRX1', at: '1970-01-01T00:00:00.000Z' }
    assert.deepEqual(await once('again', { a: 1, b: [2, 3] }, work), answer)
    assert.deepEqual(await once('again', { b: [2, 3], a: 1 }, work), answer)
    assert.equal(effects, 1)
  })

  test('the same key with another body is a conflict', async () => {
    await once('other', { a: 1 }, async () => null)
    await assert.rejects(
      once('other', { a: 2 }, async () => null),
      (error) => isDomainError(error, 'idempotency_conflict') && error.status === 409,
    )
  })

  test('an answer of nothing is an answer', async () => {
    let effects = 0
    for (let i = 0; i < 2; i++) await once('void', {}, async () => void effects++)
    assert.equal(effects, 1)
  })

  test('a failed effect leaves its key free for another try', async () => {
    await assert.rejects(
      once('retry', {}, () => Promise.reject(new Error('no stock'))),
      /no stock/,
    )
    assert.equal(await once('retry', {}, async () => 'done'), 'done')
  })

  test('fifty at once with one key: one effect, the others are told so or get its answer', async () => {
    await made.db.run(sql`create table public.effects (at timestamptz)`)
    // The first one stays in the middle of its effect until somebody was refused: no machine is too fast or too slow.
    const refused = Promise.withResolvers<void>()
    const crowd = Array.from({ length: 50 }, async () => {
      try {
        return await inTransaction(made.db, systemCaller, (tx) =>
          idempotent(tx, { scope: 'orders', key: 'crowd', request: { a: 1 } }, async () => {
            await tx.run(sql`insert into public.effects values (now())`)
            await refused.promise
            return 'made'
          }),
        )
      } catch (error) {
        refused.resolve()
        throw error
      }
    })
    const results = await Promise.allSettled(crowd)
    const { effects } = await made.db.one<{ effects: bigint }>(
      sql`select count(*) as effects from public.effects`,
    )
    assert.equal(effects, 1n)
    for (const result of results) {
      if (result.status === 'fulfilled') assert.equal(result.value, 'made')
      else assert.ok(isDomainError(result.reason, 'idempotency_in_flight'), String(result.reason))
    }
    assert.ok(results.some((result) => result.status === 'fulfilled'))
    assert.ok(results.some((result) => result.status === 'rejected'))
  })

  test('fifty repeats of a finished request all get its answer', async () => {
    await once('finished', {}, async () => 'first')
    const repeats = Array.from({ length: 50 }, () => once('finished', {}, async () => 'second'))
    assert.deepEqual(new Set(await Promise.all(repeats)), new Set(['first']))
  })

  test('keys of two scopes never meet', async () => {
    const scoped = (scope: string) =>
      inTransaction(made.db, systemCaller, (tx) =>
        idempotent(tx, { scope, key: 'k', request: scope }, async () => scope),
      )
    assert.deepEqual([await scoped('user:1'), await scoped('user:2')], ['user:1', 'user:2'])
  })

  test('the hash does not see spacing or the order of keys, and sees everything else', () => {
    assert.equal(
      requestHash({ b: 1n, a: { d: [], c: null } }),
      requestHash({ a: { c: null, d: [] }, b: '1' }),
    )
    assert.notEqual(requestHash({ a: [1, 2] }), requestHash({ a: [2, 1] }))
  })
})
