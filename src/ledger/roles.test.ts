import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { testDatabase } from '../../test/database.ts'
import { ledgerDatabase } from '../../test/ledger.ts'
import { sql } from '../postgres/sql.ts'
import * as ledger from './ledger.ts'

const { db } = await testDatabase(ledgerDatabase)
for (const name of ['outside', 'sales']) await ledger.openAccount(db, { name, unit: 'IDR', floor: null })
await db.run(sql`create table users (id integer primary key, balance numeric(15,2) not null default 0)`)
await db.one(sql`select ledger.declare_projection('users', 'balance', 'id', 'user.{id}', 'IDR', 'outside')`)
await db.run(sql`grant select, insert, update, delete on users to niaga_app`)

async function as<T>(role: string, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await db.pool.connect()
  try {
    await client.query(`begin; set local role ${role}`)
    const result = await work(client)
    await client.query('commit')
    return result
  } finally {
    await client.query('rollback')
    client.release()
  }
}

const denied = (error: unknown) => error instanceof pg.DatabaseError && error.code === '42501'

test('the application posts through the functions, also by inserting a row with a balance', async () => {
  await as('niaga_app', async (client) => {
    await client.query('insert into users values (1, 10)')
    await client.query(`select ledger.post('r:1', 'user.1', 'sales', 300, 'x')`)
    await client.query(`select ledger.post_journal('r:2', array[ledger.leg('user.1', 'sales', 1)], 'x')`)
    await client.query(`select * from ledger.post_batch('{r:3}', '{user.1}', '{sales}', '{1}', '{x}')`)
    await client.query(`select ledger.hold('r:4', 'user.1', 'sales', 5, 'x'), ledger.capture('r:4', 3)`)
    await client.query(`select ledger.hold('r:5', 'user.1', 'sales', 5, 'x'), ledger.release('r:5')`)
    await client.query(`select ledger.expire_holds(), ledger.set_floor('user.1', -5)`)
    const { rows } = await client.query(`select balance, ledger.balance('user.1') as ledger from users`)
    assert.deepEqual(rows, [{ balance: '6.95', ledger: 695n }])
    for (const view of [`statement('user.1')`, `journal('r:1')`, 'verify()', 'account_balance', 'entry']) {
      await client.query(`select * from ledger.${view}`)
    }
  })
})

test('the application writes no table of the ledger and calls none of its inner functions with effect', async () => {
  for (const statement of [
    'update ledger.account set balance = 1',
    'insert into ledger.transfer (id) values (gen_random_uuid())',
    'delete from ledger.hold',
    'update ledger.stripe set balance = 1',
    'truncate ledger.transfer',
    `insert into ledger.unit values ('X', 0)`,
    `select ledger.move(1, 1)`,
    `select ledger.move_stripe(1, 1)`,
    `select ledger.post_legs('r', array[ledger.leg('user.1', 'sales', 1)], null)`,
    `select ledger.reserve('r:4', 1), ledger.close_hold('r:4', 'released')`,
    `select ledger.declare_projection('users', 'id', 'id', 'u.{id}', 'IDR')`,
    `alter table ledger.transfer disable trigger all`,
  ]) {
    await assert.rejects(
      as('niaga_app', (client) => client.query(statement)),
      (error) => {
        const harmless = error instanceof pg.DatabaseError && error.code === 'NGL21'
        return denied(error) || harmless
      },
      statement,
    )
  }
})

test('a role without the schema reaches nothing', async () => {
  await db.run(
    sql.raw(
      `do $$ begin create role niaga_stranger; exception when duplicate_object or unique_violation then null; end $$`,
    ),
  )
  await assert.rejects(
    as('niaga_stranger', (client) => client.query(`select ledger.balance('sales')`)),
    denied,
  )
})
