import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../../../test/database.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { storeDatabase } from '../databases.ts'
import { addUser, balanceOf, refusal } from './fixtures.ts'

const { db } = await testDatabase(storeDatabase)

async function register(id: bigint, name: string | null, username: string | null): Promise<boolean> {
  return (await db.one<{ isNew: boolean }>(sql`select register_user(${id}, ${name}, ${username}) as "isNew"`))
    .isNew
}

test('check 13: a balance below zero and a balance outside the ledger are refused', async () => {
  const user = await addUser(db, { balance: '150000' })
  assert.equal(await balanceOf(db, user), '150000.00')
  const opened = await db.one(sql`select balance from ledger.account where name = ${`user.${user}`}`)
  assert.deepEqual(opened, { balance: 15_000_000n })
  const negative = db.run(sql`update users set account_balance = -1 where id = ${user}`)
  assert.match((await refusal(negative)).code, /^(ledger_projection_readonly|users_account_balance_check)$/)
  const outside = db.run(sql`update users set account_balance = 999 where id = ${user}`)
  assert.equal((await refusal(outside)).code, 'ledger_projection_readonly')
  assert.equal(await balanceOf(db, user), '150000.00')
})

test('first contact makes the row, with a bank id of six digits; later ones follow the handle', async () => {
  assert.equal(await register(41n, 'Budi', 'budi'), true)
  assert.equal(await register(41n, 'Somebody', 'budi_new'), false)
  const row = await db.one<{ bank_id: string }>(sql`select name, username, bank_id from users where id = 41`)
  assert.match(row.bank_id, /^\d{6}$/)
  assert.deepEqual({ ...row, bank_id: '' }, { name: 'Budi', username: 'budi_new', bank_id: '' })
  assert.equal(await register(42n, '  ', null), true)
  assert.deepEqual(await db.one(sql`select name, username from users where id = 42`), {
    name: 'Anonymous',
    username: null,
  })
  assert.equal(await register(47n, '😀'.repeat(300), null), true)
})

test('a handle that arrives from somebody else leaves the one who had it', async () => {
  await register(43n, 'First', 'handle')
  await register(44n, 'Second', 'handle')
  const rows = await db.many(sql`select id, username from users where id in (43, 44) order by id`)
  assert.deepEqual(rows, [
    { id: 43n, username: null },
    { id: 44n, username: 'handle' },
  ])
})

test('first contact twenty times at once makes one row', async () => {
  const made = await Promise.all(Array.from({ length: 20 }, () => register(45n, 'Crowd', 'crowd')))
  assert.equal(made.filter(Boolean).length, 1)
})

test('bank ids run out: the last free one is found, then people are refused, and who is there stays', async () => {
  await addUser(db)
  const { taken } = await db.one<{ taken: string }>(sql`select bank_id as taken from users limit 1`)
  const roll = new Error('nothing of this stays')
  const attempt = inTransaction(db, systemCaller, async (tx) => {
    await tx.run(sql`
      create or replace function random_code(p_length integer, p_alphabet text default '') returns text
        language sql as ${sql.raw(`'select ''${taken}'' '`)}`)
    const { isNew } = await tx.one<{ isNew: boolean }>(
      sql`select register_user(61, 'Lucky', null) as "isNew"`,
    )
    assert.equal(isNew, true)
    const { bank_id } = await tx.one<{ bank_id: string }>(sql`select bank_id from users where id = 61`)
    assert.match(bank_id, /^\d{6}$/)
    assert.notEqual(bank_id, taken)
    await tx.run(
      sql`create or replace function free_bank_id() returns text language sql as 'select null::text'`,
    )
    await tx.run(sql`select register_user(61, 'Lucky', 'lucky')`)
    assert.equal((await refusal(tx.run(sql`select register_user(62, 'Late', null)`))).code, 'no_bank_id_left')
    throw roll
  })
  await assert.rejects(attempt, roll)
})

test('an erased person comes back as a new profile', async () => {
  await register(46n, 'Before', 'before')
  await db.run(sql`
    update users set name = 'Deleted user', username = null, erased_at = now(), erased_as = -1 where id = 46`)
  assert.equal(await register(46n, 'After', 'after'), true)
  assert.deepEqual(await db.one(sql`select name, username, erased_at, erased_as from users where id = 46`), {
    name: 'After',
    username: 'after',
    erased_at: null,
    erased_as: null,
  })
})

test('e-mail addresses are trimmed and lower-cased, empty ones are NULL, and one belongs to one person', async () => {
  const [a, b] = [await addUser(db), await addUser(db)]
  await db.run(sql`update users set email = '  Budi@Example.COM ', whatsapp_number = '' where id = ${a}`)
  assert.deepEqual(await db.one(sql`select email, whatsapp_number from users where id = ${a}`), {
    email: 'budi@example.com',
    whatsapp_number: null,
  })
  const taken = db.run(sql`update users set email = 'BUDI@example.com' where id = ${b}`)
  assert.equal((await refusal(taken)).code, 'email_taken')
})

test('roles change along the declared ways only', async () => {
  const user = await addUser(db, { role: 'admin' })
  const toReseller = db.run(sql`update users set member_status = 'reseller' where id = ${user}`)
  assert.equal((await refusal(toReseller)).code, 'illegal_transition')
  assert.equal(await db.run(sql`update users set member_status = 'customer' where id = ${user}`), 1)
})
