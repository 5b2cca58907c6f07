import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { ledgerDatabase } from '../../test/ledger.ts'
import { isDomainError } from '../kernel/errors.ts'
import { sql } from '../postgres/sql.ts'
import * as ledger from './ledger.ts'

const { db } = await testDatabase(ledgerDatabase)
await ledger.openAccount(db, { name: 'outside', unit: 'IDR', floor: null })
for (const name of ['a', 'b', 'c']) await ledger.openAccount(db, { name, unit: 'IDR' })

let batches = 0
/** Items `[debit, credit, amount, link?]` of a new batch. */
function batch(...items: [string, string, bigint, number?][]): ledger.BatchItem[] {
  batches++
  return items.map(([debit, credit, amount, link], i) => ({
    reference: `batch:${batches}:${i}`,
    kind: 'x',
    debit,
    credit,
    amount,
    ...(link === undefined ? {} : { link }),
  }))
}

const outcomes = (results: readonly ledger.BatchResult[]) =>
  results.map((result) => (result.outcome === 'refused' ? result.error : result.outcome))

test('hundreds of transfers in one call, money that comes in can leave in the same batch', async () => {
  const items = batch(
    ...Array.from({ length: 300 }, (): [string, string, bigint] => ['outside', 'a', 2n]),
    ...Array.from({ length: 200 }, (): [string, string, bigint] => ['a', 'b', 3n]),
  )
  assert.deepEqual(new Set(outcomes(await ledger.postBatch(db, items))), new Set(['posted']))
  assert.equal(await ledger.balance(db, 'a'), 0n)
  assert.equal(await ledger.balance(db, 'b'), 600n)
  assert.deepEqual(new Set(outcomes(await ledger.postBatch(db, items))), new Set(['replayed']))
  assert.equal(await ledger.balance(db, 'b'), 600n)
})

test('a refused transfer says why and stops no other', async () => {
  const items = batch(
    ['outside', 'a', 5n],
    ['a', 'c', 6n],
    ['a', 'nobody', 1n],
    ['a', 'c', 0n],
    ['a', 'a', 1n],
    ['a', 'c', 5n],
  )
  const results = await ledger.postBatch(db, [...items, ...items.slice(0, 1)])
  assert.deepEqual(outcomes(results), [
    'posted',
    'ledger_insufficient_funds',
    'ledger_account_unknown',
    'ledger_amount_invalid',
    'ledger_same_account',
    'posted',
    'replayed',
  ])
  assert.deepEqual(results[1] && 'details' in results[1] ? results[1].details : undefined, {
    account: 'a',
    unit: 'IDR',
    available: '5',
    needed: '6',
  })
})

test('linked transfers are posted all or not at all', async () => {
  const before = await ledger.balance(db, 'b')
  const results = await ledger.postBatch(
    db,
    batch(
      ['outside', 'b', 1n, 1],
      ['a', 'b', 1n, 1],
      ['outside', 'b', 2n, 2],
      ['b', 'c', 2n, 2],
      ['outside', 'b', 4n],
    ),
  )
  assert.deepEqual(outcomes(results), [
    'ledger_linked_refused',
    'ledger_insufficient_funds',
    'posted',
    'posted',
    'posted',
  ])
  assert.equal(await ledger.balance(db, 'b'), before + 4n)
})

test('the same reference with other content is refused within a batch too', async () => {
  const [item] = batch(['outside', 'a', 1n])
  assert(item)
  const results = await ledger.postBatch(db, [item, { ...item, amount: 2n }])
  assert.deepEqual(outcomes(results), ['posted', 'ledger_reference_reused'])
})

test('an empty batch is nothing; arrays of different lengths are refused', async () => {
  assert.deepEqual(await ledger.postBatch(db, []), [])
  await assert.rejects(
    db.many(sql`select * from ledger.post_batch('{a}', '{a,b}', '{a}', '{1}', '{x}')`),
    (error) => isDomainError(error, 'ledger_journal_invalid'),
  )
})
