import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { ledgerDatabase } from '../../test/ledger.ts'
import { sql } from '../postgres/sql.ts'
import * as ledger from './ledger.ts'

const { db } = await testDatabase(ledgerDatabase)
for (const name of ['outside', 'sales']) await ledger.openAccount(db, { name, unit: 'IDR', floor: null })
await ledger.openAccount(db, { name: 'cash', unit: 'IDR', debitNormal: true })
await db.run(sql`create table users (id integer primary key, balance numeric(15,2) not null default 0)`)
await db.one(sql`select ledger.declare_projection('users', 'balance', 'id', 'user.{id}', 'IDR', 'outside')`)
await db.run(sql`insert into users values (1, 100), (2, 0)`)
const between = { debit: 'user.1', credit: 'user.2', kind: 'x' }
for (const n of [1, 2, 3]) await ledger.post(db, { ...between, reference: `t:${n}`, amount: 100n })
await ledger.post(db, { debit: 'cash', credit: 'user.1', kind: 'x', reference: 'cash', amount: 5n })
await ledger.postJournal(db, {
  reference: 'j',
  kind: 'x',
  legs: [between, { ...between, credit: 'sales' }].map((leg) => ({ ...leg, amount: 10n })),
})
await ledger.hold(db, { ...between, reference: 'h:open', amount: 7n })
await ledger.hold(db, { ...between, reference: 'h:done', amount: 7n })
await ledger.capture(db, 'h:done', 3n)
await ledger.holdJournal(db, {
  reference: 'h:linked',
  kind: 'x',
  legs: [
    { ...between, amount: 1n },
    { ...between, amount: 1n },
  ],
})
await ledger.release(db, 'h:linked')

/** What is found after `damage`, done past every trigger and undone again. */
async function foundAfter(damage: string): Promise<string[]> {
  const client = await db.pool.connect()
  try {
    await client.query(`begin; set local session_replication_role = replica; ${damage}`)
    const { rows } = await client.query<{ violation: string }>('select violation from ledger.verify()')
    return [...new Set(rows.map((row) => row.violation))]
  } finally {
    await client.query('rollback')
    client.release()
  }
}

const user1 = `(select id from ledger.account where name = 'user.1')`
const dropChecks = `alter table ledger.account drop constraint ledger_insufficient_funds;`

const damages: [what: string, damage: string, found: string][] = [
  [
    'a balance',
    `update ledger.account set balance = balance + 1 where id = ${user1}`,
    'balance is not the sum of entries',
  ],
  [
    'a balance, so the unit',
    `update ledger.account set balance = balance + 1 where id = ${user1}`,
    'unit does not sum to zero',
  ],
  [
    'a stripe',
    `update ledger.stripe set balance = balance - 1 where stripe = 3`,
    'balance is not the sum of entries',
  ],
  [
    'an amount',
    `update ledger.transfer set amount = amount + 1 where reference = 't:2'`,
    'running balance is wrong',
  ],
  [
    'a running balance',
    `update ledger.transfer set credit_balance = 1 where reference = 't:2'`,
    'running balance is wrong',
  ],
  ['a removed transfer', `delete from ledger.transfer where reference = 't:2'`, 'running balance is wrong'],
  [
    'the last transfer removed',
    `delete from ledger.transfer where reference = 'h:done'`,
    'balance is not the sum of entries',
  ],
  [
    'a swapped account',
    `update ledger.transfer set credit = -1 where reference = 't:3'`,
    'running balance is wrong',
  ],
  [
    'a reference',
    `update ledger.transfer set reference = 'other' where reference = 't:1'`,
    'transfer is not what its reference says',
  ],
  ['half a journal', `delete from ledger.transfer where reference = 'j' and leg = 2`, 'journal is not whole'],
  [
    'a unit',
    `update ledger.account set unit = 'INR' where id = ${user1}`,
    'transfer between different units',
  ],
  [
    'held money',
    `update ledger.account set held = held + 1 where id = ${user1}`,
    'held is not the sum of open holds',
  ],
  [
    'a vanished hold',
    `delete from ledger.hold where reference = 'h:open'`,
    'held is not the sum of open holds',
  ],
  [
    'a captured amount',
    `update ledger.hold set captured = 4 where reference = 'h:done'`,
    'captured hold without its transfer',
  ],
  [
    'half a linked hold',
    `update ledger.hold set state = 'expired' where reference = 'h:linked' and leg = 2`,
    'linked holds ended apart',
  ],
  [
    'a floor',
    `${dropChecks} update ledger.account set floor = 1000000 where id = ${user1}`,
    'available is below the floor',
  ],
  ['a shown balance', `update users set balance = 1 where id = 2`, 'projection differs'],
  ['a row without account', `insert into users values (3, 0)`, 'projection differs'],
  ['a row gone', `delete from users where id = 2`, 'projection differs'],
]

for (const [what, damage, violation] of damages) {
  test(`verify finds damage done to ${what}`, async () => {
    const found = await foundAfter(damage)
    assert(found.includes(violation), `found ${found.join(', ') || 'nothing'}`)
  })
}

test('in health verify finds nothing', async () => {
  assert.deepEqual(await ledger.verify(db), [])
})

test('verify may take as long as there are transfers', async () => {
  const { body } = await db.one<{ body: string }>(
    sql`select pg_get_functiondef('ledger.verify'::regproc) as body`,
  )
  await db.pool.query(`create or replace function ledger.verify() returns table (violation text, subject text,
    details jsonb) language sql as $$ select 'limit', current_setting('statement_timeout'), '{}'::jsonb $$`)
  const told = await ledger.verify(db)
  await db.pool.query(body)
  assert.equal(told[0]?.subject, '0')
})
