/** Many real connections at once: what may happen once happens once, and nobody sees a deadlock. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { ledgerDatabase } from '../../test/ledger.ts'
import { until } from '../../test/until.ts'
import { isDomainError, kernelErrors } from '../kernel/errors.ts'
import { openDatabase } from '../postgres/database.ts'
import { sql } from '../postgres/sql.ts'
import { ledgerErrors } from './errors.ts'
import * as ledger from './ledger.ts'

const { db: first, url } = await testDatabase(ledgerDatabase)
const CONNECTIONS = 24
const wide = new URL(url)
wide.searchParams.set('connection_limit', String(CONNECTIONS))
const db = openDatabase({ name: 'crowd', url: wide.href, errors: { ...kernelErrors, ...ledgerErrors } })
after(() => db.close())

await ledger.openAccount(first, { name: 'outside', unit: 'IDR', floor: null })
await ledger.openAccount(first, { name: 'sales', unit: 'IDR', floor: null })
await db.run(sql`create table users (id integer primary key, balance numeric(15,2) not null default 0)`)
await db.one(sql`select ledger.declare_projection('users', 'balance', 'id', 'user.{id}', 'IDR', 'outside')`)

let users = 0
async function user(amount: bigint): Promise<string> {
  const id = ++users
  await db.run(sql`insert into users (id, balance) values (${id}, ledger.decimal(${amount}, 'IDR'))`)
  return `user.${id}`
}

async function crowd<T>(size: number, act: (i: number) => Promise<T>): Promise<PromiseSettledResult<T>[]> {
  return await Promise.allSettled(Array.from({ length: size }, (_, i) => act(i)))
}

/** The codes of those that failed; anything but a refusal fails the test. */
function refusals(results: readonly PromiseSettledResult<unknown>[]): string[] {
  return results
    .filter((result) => result.status === 'rejected')
    .map(({ reason }) => {
      if (!isDomainError(reason)) throw reason
      return reason.code
    })
}

test('two hundred spends of a balance for fifty: fifty succeed', async () => {
  const from = await user(500n)
  const results = await crowd(200, (i) =>
    ledger.post(db, { reference: `spend:${i}`, debit: from, credit: 'sales', amount: 10n, kind: 'x' }),
  )
  assert.deepEqual(refusals(results), Array(150).fill('ledger_insufficient_funds'))
  assert.equal(await ledger.balance(db, from), 0n)
})

test('two hundred holds of a balance for fifty: fifty hold', async () => {
  const from = await user(500n)
  const results = await crowd(200, (i) =>
    ledger.hold(db, { reference: `reserve:${i}`, debit: from, credit: 'sales', amount: 10n, kind: 'x' }),
  )
  assert.equal(refusals(results).length, 150)
})

test('crossed transfers between the same accounts, alone, in journals and in batches: no deadlock', async () => {
  const accounts = await Promise.all([1, 2, 3, 4].map(() => user(1_000_000n)))
  const pair = (i: number) => {
    const [a = '', b = ''] = [accounts[i % 4], accounts[(i + 1 + (Math.floor(i / 4) % 3)) % 4]]
    return { debit: a, credit: b, amount: 1n, kind: 'x' }
  }
  const results = await crowd(400, async (i) => {
    const legs = [pair(i), pair(i + 7), { ...pair(i), credit: 'sales' }, { ...pair(i), debit: 'outside' }]
    if (i % 4 === 0) return await ledger.post(db, { ...pair(i), reference: `cross:${i}` })
    if (i % 4 === 1) return await ledger.postJournal(db, { reference: `cross:${i}`, kind: 'x', legs })
    if (i % 4 === 2) {
      await ledger.holdJournal(db, { reference: `cross:${i}`, kind: 'x', legs })
      return await ledger.capture(db, `cross:${i}`)
    }
    const items = legs.map((leg, n) => ({ ...leg, reference: `cross:${i}:${n}` }))
    return await ledger.postBatch(db, items)
  })
  assert.deepEqual(refusals(results), [])
})

test('the same reference from everybody at once is posted once', async () => {
  const from = await user(10n)
  const gift = { reference: 'once', debit: from, credit: 'sales', amount: 10n, kind: 'x' }
  assert.deepEqual(refusals(await crowd(100, () => ledger.post(db, gift))), [])
  assert.equal(await ledger.balance(db, from), 0n)

  const hot = { reference: 'once:hot', debit: 'outside', credit: 'sales', amount: 10n, kind: 'x' }
  const before = await ledger.balance(db, 'outside')
  assert.deepEqual(refusals(await crowd(100, () => ledger.post(db, hot))), [])
  assert.equal(await ledger.balance(db, 'outside'), before - 10n)

  const journal = { reference: 'once:j', kind: 'x', legs: [hot, hot] }
  assert.deepEqual(refusals(await crowd(100, () => ledger.postJournal(db, journal))), [])
  assert.equal(await ledger.balance(db, 'outside'), before - 30n)
})

test('the same reference with different contents: one wins, the others are told', async () => {
  const from = await user(1_000n)
  const results = await crowd(50, (i) =>
    ledger.post(db, { reference: 'rivals', debit: from, credit: 'sales', amount: BigInt(i + 1), kind: 'x' }),
  )
  assert.deepEqual(refusals(results), Array(49).fill('ledger_reference_reused'))
})

test('capture races with release and expiry: one wins, the money is in one place', async () => {
  const from = await user(1_000n)
  const codes = new Set<string>()
  for (let round = 0; round < 30; round++) {
    const reference = `race:${round}`
    // In every second round the hold runs out while the others are at it.
    const terms = round % 2 ? { expiresAt: new Date(Date.now() + 15) } : {}
    await ledger.hold(db, { reference, debit: from, credit: 'sales', amount: 10n, kind: 'x', ...terms })
    const results = await crowd(18, async (i) => {
      if (i % 3 === 0) return await ledger.capture(db, reference)
      return i % 3 === 1 && i > 3 ? await ledger.release(db, reference) : await ledger.expireHolds(db)
    })
    for (const code of refusals(results)) codes.add(code)
  }
  assert(codes.isSubsetOf(new Set(['ledger_hold_closed', 'ledger_hold_expired'])), [...codes].join())
  await until(async () => {
    await ledger.expireHolds(db)
    return (
      (await db.many(sql`select from ledger.hold where state = 'open' and expires_at is not null`)).length ===
      0
    )
  })
})

test('a hot account that gets a floor under load loses nothing', async () => {
  await ledger.openAccount(db, { name: 'escrow', unit: 'IDR', floor: null })
  const results = await crowd(200, async (i) => {
    if (i === 100) return await ledger.setFloor(db, 'escrow', 0n)
    return await retried(() =>
      ledger.post(db, {
        reference: `escrow:${i}`,
        debit: 'outside',
        credit: 'escrow',
        amount: 1n,
        kind: 'x',
      }),
    )
  })
  assert.deepEqual(refusals(results), [])
  assert.equal(await ledger.balance(db, 'escrow'), 199n)
})

/** A change of an account's floor lets those that were just posting to it try again, as inTransaction does. */
async function retried<T>(act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act()
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === '40001')) throw error
    }
  }
}
