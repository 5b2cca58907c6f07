import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { ledgerDatabase } from '../../test/ledger.ts'
import { systemCaller } from '../kernel/caller.ts'
import { isDomainError } from '../kernel/errors.ts'
import { sql } from '../postgres/sql.ts'
import { inTransaction } from '../postgres/transaction.ts'
import * as ledger from './ledger.ts'

const { db } = await testDatabase(ledgerDatabase)
for (const name of ['opening', 'sales']) await ledger.openAccount(db, { name, unit: 'IDR', floor: null })
await db.one(sql`select ledger.declare_unit('PTS', 0)`)
await db.run(sql`create table users (id bigint primary key, name text, writes integer not null default 0,
  account_balance numeric(15,2) not null default 0 check (account_balance >= 0))`)
await db.run(sql`create table user_balance (username varchar(50) primary key, balance numeric(15,2) not null default 0,
  in_transaction numeric(15,2) not null default 0, points integer not null default 0)`)
await db.one(
  sql`select ledger.declare_projection('users', 'account_balance', 'id', 'user.{id}', 'IDR', 'opening')`,
)
await db.one(sql`select ledger.declare_projection('user_balance', 'balance', 'username', 'wallet:{username}', 'IDR',
  'opening')`)
await db.one(sql`select ledger.declare_projection('user_balance', 'in_transaction', 'username', 'wallet:{username}',
  'IDR', 'opening', 'held', p_opening_reference => 'opening-hold:{key}')`)
await db.one(
  sql`select ledger.declare_projection('user_balance', 'points', 'username', 'points:{username}', 'PTS')`,
)

const refused = (code: string) => (error: unknown) => isDomainError(error, code)
const shown = async (id: number) =>
  (await db.one<{ account_balance: string }>(sql`select account_balance from users where id = ${id}`))
    .account_balance

test('a row inserted with a balance opens its account, paid by the opening account', async () => {
  await db.run(sql`insert into users (id, account_balance) values (1, 150000.00), (2, 0)`)
  assert.equal(await ledger.balance(db, 'user.1'), 15_000_000n)
  assert.equal(await ledger.balance(db, 'opening'), -15_000_000n)
  assert.equal((await ledger.journal(db, 'opening:1'))[0]?.kind, 'opening')
  assert.equal(await ledger.balance(db, 'user.2'), 0n)
  assert.deepEqual(await ledger.journal(db, 'opening:2'), [])
})

test('the column follows the ledger in the same transaction', async () => {
  await ledger.post(db, { reference: 'p:1', debit: 'user.1', credit: 'user.2', amount: 1_050n, kind: 'x' })
  assert.deepEqual([await shown(1), await shown(2)], ['149989.50', '10.50'])
  const undone = inTransaction(db, systemCaller, async (tx) => {
    await ledger.post(tx, { reference: 'p:2', debit: 'user.1', credit: 'user.2', amount: 1n, kind: 'x' })
    throw new Error('undo')
  })
  await assert.rejects(undone, /undo/)
  assert.deepEqual([await shown(1), await shown(2)], ['149989.50', '10.50'])
})

test('a batch and a journal write the column too', async () => {
  const transfer = { debit: 'user.1', credit: 'user.2', amount: 25n, kind: 'x' }
  await ledger.postBatch(db, [
    { ...transfer, reference: 'p:b1' },
    { ...transfer, reference: 'p:b2' },
  ])
  await ledger.postJournal(db, { reference: 'p:j', kind: 'x', legs: [transfer, transfer] })
  assert.deepEqual([await shown(1), await shown(2)], ['149988.50', '11.50'])
})

test('any other writer is refused, whatever it writes', async () => {
  for (const value of [999, 0, -1]) {
    await assert.rejects(
      db.run(sql`update users set account_balance = ${value} where id = 1`),
      refused('ledger_projection_readonly'),
    )
  }
  await assert.rejects(
    db.run(sql`update users set account_balance = account_balance + 1`),
    refused('ledger_projection_readonly'),
  )
  await db.run(sql`update users set account_balance = account_balance, name = 'Budi'`)
})

test('an upsert may name the balance that is there, and no other', async () => {
  const upsert = (value: string) =>
    db.run(sql`insert into users (id, account_balance) values (2, ${value})
      on conflict (id) do update set account_balance = excluded.account_balance`)
  await upsert(await shown(2))
  await assert.rejects(upsert('77.00'), refused('ledger_projection_readonly'))
})

test('a negative opening balance is refused', async () => {
  await assert.rejects(
    db.run(sql`insert into user_balance (username, balance) values ('minus', -1)`),
    refused('ledger_opening_negative'),
  )
})

test('a row inserted with money in transaction opens with a hold', async () => {
  await db.run(
    sql`insert into user_balance (username, balance, in_transaction) values ('john_doe', 100000, 2500)`,
  )
  const row = () => db.one(sql`select balance, in_transaction from user_balance where username = 'john_doe'`)
  await assert.rejects(
    ledger.post(db, {
      reference: 'j:1',
      debit: 'wallet:john_doe',
      credit: 'sales',
      amount: 9_750_001n,
      kind: 'x',
    }),
    refused('ledger_insufficient_funds'),
  )
  await ledger.capture(db, 'opening-hold:john_doe')
  assert.deepEqual(await row(), { balance: '97500.00', in_transaction: '0.00' })
})

test('without an opening account rows begin at zero', async () => {
  await assert.rejects(
    db.run(sql`insert into user_balance (username, points) values ('rich', 50)`),
    refused('ledger_projection_readonly'),
  )
})

test('whole units show in integer columns', async () => {
  await ledger.openAccount(db, { name: 'issued:points', unit: 'PTS', floor: null })
  await db.run(sql`insert into user_balance (username) values ('siti')`)
  await ledger.post(db, {
    reference: 'pts',
    debit: 'issued:points',
    credit: 'points:siti',
    amount: 50n,
    kind: 'x',
  })
  assert.deepEqual(await db.one(sql`select points from user_balance where username = 'siti'`), { points: 50 })
})

test('a username with a separator cannot reach into another account', async () => {
  for (const username of ['a:b', 'a b', '']) {
    await assert.rejects(
      db.run(sql`insert into user_balance (username) values (${username})`),
      refused('ledger_account_name_invalid'),
    )
  }
})

test('a changed key takes its account along; a row with money cannot be deleted', async () => {
  await db.run(sql`update users set id = 20 where id = 2`)
  await ledger.post(db, { reference: 'p:20', debit: 'user.1', credit: 'user.20', amount: 50n, kind: 'x' })
  assert.equal(await shown(20), '12.00')
  await assert.rejects(db.run(sql`delete from users where id = 20`), refused('ledger_projection_in_use'))
})

test('a row whose account did not move is not written', async () => {
  await db.run(sql`create function count_write() returns trigger language plpgsql as
    'begin new.writes := old.writes + 1; return new; end'`)
  await db.run(
    sql`create trigger count_write before update on users for each row execute function count_write()`,
  )
  await db.run(sql`insert into users (id, account_balance) values (30, 10)`)
  await ledger.hold(db, { reference: 'p:h', debit: 'user.30', credit: 'sales', amount: 5n, kind: 'x' })
  assert.deepEqual(await db.one(sql`select writes from users where id = 30`), { writes: 0 })
})

test('what cannot be shown is refused when it is declared; undeclared, the column is free again', async () => {
  const declare = (column: string, unit: string) =>
    db.one(sql`select ledger.declare_projection('users', ${column}, 'id', 'x.{id}', ${unit})`)
  for (const [column, unit] of [
    ['name', 'IDR'],
    ['writes', 'IDR'],
    ['missing', 'IDR'],
    ['writes', 'GOLD'],
  ] as const) {
    await assert.rejects(declare(column, unit), refused('ledger_projection_invalid'))
  }
  await db.run(sql`create table old_wallets (id integer primary key, money numeric(15,2))`)
  await db.run(sql`insert into old_wallets values (1, 3)`)
  await db.one(sql`select ledger.declare_projection('old_wallets', 'money', 'id', 'old.{id}', 'IDR', 'opening',
    p_opening_reference => 'opening:old:{key}')`)
  assert.equal(await ledger.balance(db, 'old.1'), 300n)
  const undeclare = () => db.one(sql`select ledger.undeclare_projection('old_wallets', 'money')`)
  await undeclare()
  await db.run(sql`update old_wallets set money = 4`)
  await assert.rejects(undeclare(), refused('ledger_projection_invalid'))
})

test('a column of text shows points without zeros at its end, and reads nothing as zero', async () => {
  await db.one(sql`select ledger.declare_unit('STAR', 2)`)
  await db.run(sql`create table cards (id integer primary key, stars text)`)
  await db.run(sql`insert into cards values (1, null)`)
  await db.one(sql`select ledger.declare_projection('cards', 'stars', 'id', 'card.{id}', 'STAR')`)
  await ledger.openAccount(db, { name: 'stars', unit: 'STAR', floor: null })
  const stars = async () => (await db.one<{ stars: string | null }>(sql`select stars from cards`)).stars
  const post = (reference: string, amount: bigint) =>
    ledger.post(db, { reference, debit: 'stars', credit: 'card.1', amount, kind: 'x' })
  assert.deepEqual([await stars(), await ledger.verify(db)], [null, []])
  await post('s:1', 1_250n)
  assert.equal(await stars(), '12.5')
  await post('s:2', 3_750n)
  assert.equal(await stars(), '50')
  await assert.rejects(db.run(sql`update cards set stars = '50.0'`), refused('ledger_projection_readonly'))
})

test('a unit takes another scale until somebody has an account in it', async () => {
  const scale = (n: number) => db.one(sql`select ledger.declare_unit('INR', ${n})`)
  await scale(0)
  await ledger.openAccount(db, { name: 'rupees', unit: 'INR', floor: null })
  await scale(0)
  await assert.rejects(scale(2), refused('ledger_account_conflict'))
})

test('loading data under replica role, as a restore does, posts nothing', async () => {
  const client = await db.pool.connect()
  try {
    await client.query(`begin; set local session_replication_role = replica;
      insert into users (id, account_balance) values (99, 5)`)
    const { rowCount } = await client.query(`select from ledger.account where name = 'user.99'`)
    assert.equal(rowCount, 0)
  } finally {
    await client.query('rollback')
    client.release()
  }
})
