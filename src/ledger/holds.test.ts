import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { ledgerDatabase } from '../../test/ledger.ts'
import { until } from '../../test/until.ts'
import { isDomainError } from '../kernel/errors.ts'
import { idOf } from '../kernel/ids.ts'
import { sql } from '../postgres/sql.ts'
import * as ledger from './ledger.ts'

const { db } = await testDatabase(ledgerDatabase)
await ledger.openAccount(db, { name: 'outside', unit: 'IDR', floor: null })
await ledger.openAccount(db, { name: 'fees', unit: 'IDR', floor: null })

let wallets = 0
async function wallet(amount: bigint): Promise<string> {
  const name = `wallet:${++wallets}`
  await ledger.openAccount(db, { name, unit: 'IDR', personal: true })
  await ledger.post(db, {
    reference: `open:${name}`,
    debit: 'outside',
    credit: name,
    amount,
    kind: 'opening',
  })
  return name
}

async function figures(name: string): Promise<[balance: bigint, held: bigint, available: bigint]> {
  const row = await db.one<{ balance: bigint; held: bigint; available: bigint }>(
    sql`select balance, held, available from ledger.account_balance where name = ${name}`,
  )
  return [row.balance, row.held, row.available]
}

const refused = (code: string) => (error: unknown) => isDomainError(error, code)
const past = new Date(Date.now() - 1_000)

test('held money stays, cannot be spent, and moves when it is captured', async () => {
  const from = await wallet(100n)
  const held = {
    reference: 'pay:1',
    debit: from,
    credit: 'fees',
    amount: 70n,
    kind: 'pay',
    metadata: { tx: 1 },
  }
  await ledger.hold(db, held)
  assert.equal(await ledger.hold(db, held), idOf('pay:1'))
  assert.deepEqual(await figures(from), [100n, 70n, 30n])
  const spend = { reference: 'spend:1', debit: from, credit: 'fees', amount: 31n, kind: 'x' }
  await assert.rejects(ledger.post(db, spend), refused('ledger_insufficient_funds'))
  await assert.rejects(ledger.hold(db, { ...spend, reference: 'h' }), refused('ledger_insufficient_funds'))
  assert.equal(await ledger.capture(db, 'pay:1'), idOf('pay:1'))
  assert.equal(await ledger.capture(db, 'pay:1'), idOf('pay:1'))
  assert.deepEqual(await figures(from), [30n, 0n, 30n])
  assert.deepEqual((await ledger.journal(db, 'pay:1'))[0]?.metadata, { tx: 1 })
})

test('capturing a part releases the rest; capturing another part afterwards is refused', async () => {
  const from = await wallet(100n)
  await ledger.hold(db, { reference: 'part', debit: from, credit: 'fees', amount: 70n, kind: 'pay' })
  for (const amount of [0n, -1n, 71n]) {
    await assert.rejects(ledger.capture(db, 'part', amount), refused('ledger_capture_exceeds_hold'))
  }
  await assert.rejects(ledger.capture(db, 'part', 1n, 1n), refused('ledger_capture_exceeds_hold'))
  await ledger.capture(db, 'part', 20n)
  await ledger.capture(db, 'part', 20n)
  assert.deepEqual(await figures(from), [80n, 0n, 80n])
  await assert.rejects(ledger.capture(db, 'part'), refused('ledger_reference_reused'))
  await assert.rejects(ledger.release(db, 'part'), refused('ledger_hold_closed'))
})

test('a released hold gives everything back, once, and can no longer be captured', async () => {
  const from = await wallet(100n)
  await ledger.hold(db, { reference: 'void', debit: from, credit: 'fees', amount: 100n, kind: 'pay' })
  assert.equal(await ledger.release(db, 'void'), true)
  assert.equal(await ledger.release(db, 'void'), false)
  assert.deepEqual(await figures(from), [100n, 0n, 100n])
  await assert.rejects(ledger.capture(db, 'void'), refused('ledger_hold_closed'))
  for (const act of [ledger.capture, ledger.release]) {
    await assert.rejects(act(db, 'never'), refused('ledger_hold_unknown'))
  }
})

test('the two holds of a payout are captured or released together', async () => {
  const from = await wallet(100n)
  const legs = [
    { debit: from, credit: 'outside', amount: 40n },
    { debit: from, credit: 'fees', amount: 3n, kind: 'payout_fee' },
  ]
  for (const n of [1, 2]) await ledger.holdJournal(db, { reference: `payout:${n}`, kind: 'payout', legs })
  assert.deepEqual(await figures(from), [100n, 86n, 14n])
  const other = { reference: 'payout:1', kind: 'payout', legs: legs.slice(1) }
  await assert.rejects(ledger.holdJournal(db, other), refused('ledger_reference_reused'))
  await assert.rejects(
    ledger.holdJournal(db, { reference: 'payout:3', kind: 'payout', legs }),
    refused('ledger_insufficient_funds'),
  )
  await ledger.capture(db, 'payout:1')
  await ledger.release(db, 'payout:2')
  assert.deepEqual(await figures(from), [57n, 0n, 57n])
  assert.deepEqual(
    (await ledger.journal(db, 'payout:1')).map(({ kind, amount }) => [kind, amount]),
    [
      ['payout', 40n],
      ['payout_fee', 3n],
    ],
  )
})

test('linked holds can be captured in part, each by its own amount', async () => {
  const from = await wallet(100n)
  const legs = [
    { debit: from, credit: 'outside', amount: 40n },
    { debit: from, credit: 'fees', amount: 10n },
  ]
  await ledger.holdJournal(db, { reference: 'parts', kind: 'payout', legs })
  await ledger.capture(db, 'parts', 30n, 10n)
  assert.deepEqual(await figures(from), [60n, 0n, 60n])
})

test('a hold past its time cannot be captured and is given back by the job, others stay', async () => {
  const from = await wallet(100n)
  const held = { debit: from, credit: 'fees', amount: 10n, kind: 'pay' }
  await ledger.hold(db, { ...held, reference: 'late', expiresAt: past })
  await ledger.hold(db, { ...held, reference: 'soon', expiresAt: new Date(Date.now() + 3_600_000) })
  await ledger.hold(db, { ...held, reference: 'forever' })
  await ledger.holdJournal(db, { reference: 'linked', kind: 'pay', legs: [held, held], expiresAt: past })
  await assert.rejects(ledger.capture(db, 'late'), refused('ledger_hold_expired'))
  // The refusal arrives before the server has let go of its lock, and what is locked is left for the next run.
  let given = 0
  await until(async () => {
    given += await ledger.expireHolds(db)
    return given >= 2
  })
  assert.equal(given + (await ledger.expireHolds(db)), 2)
  assert.deepEqual(await figures(from), [100n, 20n, 80n])
  await assert.rejects(ledger.capture(db, 'late'), refused('ledger_hold_closed'))
  assert.equal(await ledger.release(db, 'late'), false)
})

test('a reference stands for a hold or a transfer, never for both', async () => {
  const from = await wallet(100n)
  const terms = { reference: 'both', debit: from, credit: 'fees', amount: 1n, kind: 'x' }
  await ledger.post(db, terms)
  await assert.rejects(ledger.hold(db, terms), refused('ledger_reference_reused'))
})

test('what a hot account holds is the sum of its open holds', async () => {
  const to = await wallet(1n)
  await ledger.hold(db, { reference: 'hot', debit: 'outside', credit: to, amount: 9n, kind: 'x' })
  const held = () => db.one(sql`select held from ledger.account_balance where name = 'outside'`)
  assert.deepEqual(await held(), { held: 9n })
  await ledger.release(db, 'hot')
  assert.deepEqual(await held(), { held: 0n })
})
