import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { testDatabase } from '../../test/database.ts'
import { ledgerDatabase } from '../../test/ledger.ts'
import { systemCaller } from '../kernel/caller.ts'
import { SandboxClock } from '../kernel/clock.ts'
import { type ErrorSpec, isDomainError } from '../kernel/errors.ts'
import { idOf } from '../kernel/ids.ts'
import { parseMoney } from '../kernel/money.ts'
import { sql } from '../postgres/sql.ts'
import { inTransaction } from '../postgres/transaction.ts'
import { ledgerErrors } from './errors.ts'
import * as ledger from './ledger.ts'

const clock = new SandboxClock()
const { db } = await testDatabase(ledgerDatabase, clock)
await ledger.openAccount(db, { name: 'outside', unit: 'IDR', floor: null })
await ledger.openAccount(db, { name: 'sales', unit: 'IDR', floor: null })
await ledger.openAccount(db, { name: 'points', unit: 'INR', floor: null })

let customers = 0
/** A new account with that much in it. */
async function customer(amount: bigint): Promise<string> {
  const name = `user.${++customers}`
  await ledger.openAccount(db, { name, unit: 'IDR', personal: true })
  if (amount > 0n) {
    await ledger.post(db, {
      reference: `open:${name}`,
      debit: 'outside',
      credit: name,
      amount,
      kind: 'opening',
    })
  }
  return name
}

const refused = (code: string) => (error: unknown) => isDomainError(error, code)

test('the database derives the same ids from references as the kernel', async () => {
  const references = fc.sample(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), 200)
  const rows = await db.many<{ id: string }>(
    sql`select ledger.id_of(r) as id from unnest(${references.map((r) => r.replaceAll('\0', ''))}::text[]) with ordinality u (r, n) order by n`,
  )
  assert.deepEqual(
    rows.map((row) => row.id),
    references.map((reference) => idOf(reference.replaceAll('\0', ''))),
  )
})

test('money leaves one account and reaches the other; the same reference again moves nothing', async () => {
  const [from, to] = [await customer(500n), await customer(0n)]
  const transfer = { reference: 'gift:1', debit: from, credit: to, amount: 200n, kind: 'gift' }
  assert.equal(await ledger.post(db, transfer), idOf('gift:1'))
  assert.equal(await ledger.post(db, { ...transfer, metadata: { again: true } }), idOf('gift:1'))
  assert.equal(await ledger.balance(db, from), 300n)
  assert.equal(await ledger.balance(db, to), 200n)
  for (const other of [{ amount: 201n }, { kind: 'loan' }, { debit: to, credit: from }]) {
    await assert.rejects(ledger.post(db, { ...transfer, ...other }), refused('ledger_reference_reused'))
  }
})

test('what cannot be posted is refused by its own code and moves nothing', async () => {
  const from = await customer(100n)
  const good = { reference: 'bad:1', debit: from, credit: 'sales', amount: 1n, kind: 'sale' }
  const cases = [
    [{ debit: 'nobody' }, 'ledger_account_unknown'],
    [{ amount: 101n }, 'ledger_insufficient_funds'],
    [{ credit: 'points' }, 'ledger_unit_mismatch'],
    [{ amount: 0n }, 'ledger_amount_invalid'],
    [{ amount: -1n }, 'ledger_amount_invalid'],
    [{ credit: from }, 'ledger_same_account'],
    [{ reference: '' }, 'ledger_reference_invalid'],
    [{ reference: 'x'.repeat(201) }, 'ledger_reference_invalid'],
    [{ kind: '' }, 'ledger_reference_invalid'],
  ] as const
  for (const [change, code] of cases) {
    await assert.rejects(ledger.post(db, { ...good, ...change }), refused(code), code)
    const { reference, kind, ...leg } = { ...good, ...change }
    const journal = { reference, kind, legs: [leg] }
    const expected = leg.amount === 0n ? 'ledger_journal_invalid' : code
    await assert.rejects(ledger.postJournal(db, journal), refused(expected), `journal ${code}`)
  }
  assert.equal(await ledger.balance(db, from), 100n)
  await assert.rejects(ledger.balance(db, 'nobody'), refused('ledger_account_unknown'))
})

test('an insufficient balance says how much is there and how much is needed', async () => {
  const from = await customer(100n)
  await ledger.hold(db, { reference: 'keep', debit: from, credit: 'sales', amount: 30n, kind: 'keep' })
  const spend = ledger.post(db, { reference: 'spend', debit: from, credit: 'sales', amount: 71n, kind: 'x' })
  await assert.rejects(spend, (error) => {
    assert(isDomainError(error, 'ledger_insufficient_funds'))
    assert.deepEqual(error.details, { account: from, unit: 'IDR', available: '70', needed: '71' })
    return true
  })
})

test('a journal posts all of its legs or none, and leaves out those of zero', async () => {
  const from = await customer(100n)
  const before = await ledger.balance(db, 'sales')
  const legs = [
    { debit: from, credit: 'sales', amount: 60n },
    { debit: 'outside', credit: 'sales', amount: 0n },
    { debit: from, credit: 'sales', amount: 40n, kind: 'fee' },
  ]
  await ledger.postJournal(db, { reference: 'order:1', kind: 'order', legs })
  await ledger.postJournal(db, { reference: 'order:1', kind: 'order', legs })
  const lines = await ledger.journal(db, 'order:1')
  assert.deepEqual(
    lines.map(({ id, kind, amount }) => [id, kind, amount]),
    [
      [idOf('order:1'), 'order', 60n],
      [idOf('order:1#2'), 'fee', 40n],
    ],
  )
  assert.equal(await ledger.balance(db, 'sales'), before + 100n)

  const other = { reference: 'order:1', kind: 'order', legs: legs.slice(0, 1) }
  await assert.rejects(ledger.postJournal(db, other), refused('ledger_reference_reused'))
  const tooMuch = {
    reference: 'order:2',
    kind: 'order',
    legs: [...legs, { debit: 'outside', credit: 'sales', amount: 1n }],
  }
  await assert.rejects(ledger.postJournal(db, tooMuch), refused('ledger_insufficient_funds'))
  assert.equal(await ledger.balance(db, 'sales'), before + 100n)
  assert.deepEqual(await ledger.journal(db, 'order:2'), [])
})

test('a debit-normal account rises as the debit, and can be kept from being paid out below zero', async () => {
  const customer1 = await customer(0n)
  await ledger.openAccount(db, { name: 'cash/jkt', unit: 'IDR', debitNormal: true })
  await ledger.post(db, { reference: 'in', debit: 'cash/jkt', credit: customer1, amount: 50n, kind: 'cash' })
  assert.equal(await ledger.balance(db, 'cash/jkt'), 50n)
  await ledger.hold(db, {
    reference: 'payout',
    debit: customer1,
    credit: 'cash/jkt',
    amount: 20n,
    kind: 'payout',
  })
  await ledger.post(db, { reference: 'more', debit: 'outside', credit: customer1, amount: 50n, kind: 'x' })
  const out = { debit: customer1, credit: 'cash/jkt', kind: 'payout' }
  await assert.rejects(
    ledger.post(db, { ...out, reference: 'out', amount: 31n }),
    refused('ledger_insufficient_funds'),
  )
  await ledger.post(db, { ...out, reference: 'out', amount: 30n })
  await ledger.capture(db, 'payout')
  assert.equal(await ledger.balance(db, 'cash/jkt'), 0n)
})

test('an account is opened once; other terms, a bad name and an unknown unit are refused', async () => {
  const account = { name: 'merchant:7:payable', unit: 'IDR', floor: -500n }
  assert.equal(await ledger.openAccount(db, account), await ledger.openAccount(db, account))
  const open = (change: Partial<ledger.Account>) => ledger.openAccount(db, { ...account, ...change })
  await assert.rejects(open({ unit: 'INR' }), refused('ledger_account_conflict'))
  await assert.rejects(open({ debitNormal: true }), refused('ledger_account_conflict'))
  await assert.rejects(open({ unit: 'GOLD' }), refused('ledger_unit_unknown'))
  for (const name of ['', 'Sales', 'a b', 'x:', '.x', `a:${'x'.repeat(200)}`]) {
    await assert.rejects(open({ name }), refused('ledger_account_name_invalid'), name)
  }
})

test('a name that people choose can never be a system account', async () => {
  await assert.rejects(
    ledger.openAccount(db, { name: 'sales.fees', unit: 'IDR', personal: true }),
    refused('ledger_account_name_invalid'),
  )
  await customer(0n)
  await assert.rejects(
    ledger.openAccount(db, { name: 'user.fees', unit: 'IDR' }),
    refused('ledger_account_name_invalid'),
  )
})

test('a floor can be moved down as a credit limit, and not above what is there', async () => {
  const vendor = await customer(10n)
  await ledger.setFloor(db, vendor, -100n)
  await ledger.post(db, { reference: 'credit', debit: vendor, credit: 'sales', amount: 110n, kind: 'x' })
  assert.equal(await ledger.balance(db, vendor), -100n)
  await assert.rejects(ledger.setFloor(db, vendor, -99n), refused('ledger_floor_not_met'))
  await assert.rejects(ledger.setFloor(db, 'nobody', 0n), refused('ledger_account_unknown'))
  await ledger.setFloor(db, vendor, null)
  await ledger.post(db, { reference: 'deeper', debit: vendor, credit: 'sales', amount: 1n, kind: 'x' })
})

test('a hot account that gets a floor keeps its balance, and running balances begin', async () => {
  await ledger.openAccount(db, { name: 'escrow', unit: 'IDR', floor: null })
  await ledger.post(db, { reference: 'e:1', debit: 'outside', credit: 'escrow', amount: 70n, kind: 'x' })
  await ledger.hold(db, { reference: 'e:2', debit: 'escrow', credit: 'sales', amount: 20n, kind: 'x' })
  await assert.rejects(ledger.setFloor(db, 'escrow', 51n), refused('ledger_floor_not_met'))
  await ledger.setFloor(db, 'escrow', 0n)
  const spend = { debit: 'escrow', credit: 'sales', kind: 'x' }
  await assert.rejects(
    ledger.post(db, { ...spend, reference: 'e:3', amount: 51n }),
    refused('ledger_insufficient_funds'),
  )
  await ledger.post(db, { ...spend, reference: 'e:3', amount: 50n })
  await ledger.release(db, 'e:2')
  assert.equal(await ledger.balance(db, 'escrow'), 20n)
})

test('numeric columns become minor units exactly, or not at all', async () => {
  const minor = (amount: string, unit = 'IDR') =>
    db.one<{ minor: bigint }>(sql`select ledger.minor(${amount}, ${unit}) as minor`)
  for (const text of ['30520.00', '0.01', '-5', '9999999999999.99']) {
    assert.equal((await minor(text)).minor, parseMoney('IDR', text))
    const back = await db.one<{ n: string }>(
      sql`select ledger.decimal(${parseMoney('IDR', text)}, 'IDR') as n`,
    )
    assert.equal(Number(back.n), Number(text))
  }
  await assert.rejects(minor('0.001'), refused('ledger_amount_invalid'))
  await assert.rejects(minor('1', 'GOLD'), refused('ledger_unit_unknown'))
})

test('a statement pages backwards with the balance after each entry, striped or not', async () => {
  const name = await customer(1_000n)
  for (let n = 1; n <= 25; n++) {
    await ledger.post(db, { reference: `s:${n}`, debit: name, credit: 'sales', amount: BigInt(n), kind: 'x' })
  }
  for (const account of [name, 'sales']) {
    const entries: ledger.Entry[] = []
    let cursor: string | undefined
    do {
      const page = await ledger.statement(db, account, { limit: 10, ...(cursor ? { cursor } : {}) })
      entries.push(...page.items)
      cursor = page.next_cursor ?? undefined
    } while (cursor)
    assert.equal(entries[0]?.balance, await ledger.balance(db, account))
    entries.forEach((entry, i) => {
      assert.equal(entry.balance - entry.amount, entries[i + 1]?.balance ?? 0n)
    })
  }
  await assert.rejects(ledger.statement(db, name, { cursor: 'nonsense' }), refused('bad_request'))
})

test('the balance at a moment is what had been posted until then', async () => {
  const name = await customer(0n)
  const moments: [Date, bigint][] = []
  for (const hour of [1, 2, 3, 4]) {
    moments.push([clock.now(), await ledger.balance(db, name)])
    clock.advance({ minutes: 30 })
    await inTransaction(db, systemCaller, (tx) =>
      ledger.post(tx, { reference: `at:${hour}`, debit: 'outside', credit: name, amount: 7n, kind: 'x' }),
    )
    clock.advance({ minutes: 30 })
  }
  for (const [at, expected] of moments) {
    assert.equal(await ledger.balanceAt(db, name, at), expected)
    const others = await ledger.balance(db, 'outside')
    assert.equal(await ledger.balanceAt(db, 'outside', at), others + 28n - expected)
  }
})

test('nobody, not even the owner, changes or removes what was posted', async () => {
  await customer(5n)
  for (const statement of [
    'update ledger.transfer set amount = 1',
    'delete from ledger.transfer',
    'truncate ledger.transfer',
    'delete from ledger.account',
    `update ledger.account set unit = 'INR'`,
    'truncate ledger.account cascade',
    'delete from ledger.hold',
    `update ledger.hold set state = 'open', closed_at = null where state <> 'open'`,
    `update ledger.hold set amount = 1, state = 'released', closed_at = now() where state = 'open'`,
  ]) {
    await assert.rejects(db.run(sql.raw(statement)), refused('ledger_append_only'), statement)
  }
})

test('the database raises every code of the catalogue with its SQLSTATE', async () => {
  for (const [code, spec] of Object.entries<ErrorSpec>(ledgerErrors)) {
    await assert.rejects(db.one(sql`select ledger.refuse(${code}, 'text', '{"a": 1}')`), (error) => {
      assert(isDomainError(error, code))
      assert.deepEqual(error.details, { a: 1 })
      assert(error.cause instanceof Error && 'code' in error.cause)
      assert.equal(error.cause.code, spec.sqlstate)
      return true
    })
  }
})
