/** What the wallet database guarantees by itself, whoever writes to it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../../../test/database.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { SandboxClock } from '../../../kernel/clock.ts'
import { verify } from '../../../ledger/ledger.ts'
import { type Sql, sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { walletDatabase } from '../databases.ts'

const clock = new SandboxClock()
const { db } = await testDatabase(walletDatabase, clock)
const run = (query: Sql) => inTransaction(db, systemCaller, (tx) => tx.run(query))

async function person(username: string, balance = 0, points: string | null = null, inTransaction = 0) {
  await run(sql`insert into user_login (username, pwd) values (${username}, 'x')`)
  await run(sql`
    insert into user_info (username, email, first_name, last_name)
      values (${username}, ${`${username}@example.com`}, 'A', 'B')`)
  await run(sql`
    insert into user_balance (username, balance, onapps_point, in_transaction)
      values (${username}, ${balance}, ${points}, ${inTransaction})`)
}

const balanceOf = (username: string) =>
  db.one<{ balance: number; onapps_point: string | null; in_transaction: number }>(sql`
    select balance, onapps_point, in_transaction from user_balance where username = ${username}`)

const held = async (account: string) =>
  (await db.one<{ balance: bigint }>(sql`select ledger.balance(${account}) as balance`)).balance

/** As the document prints it. */
const totals = (username: string) =>
  db.one<{ balance: string | null }>(sql`
    SELECT SUM(CASE WHEN type = 'EARN' THEN amount ELSE -amount END) as balance
    FROM point_mutation WHERE username = ${username} AND status = 'COMPLETE'`)

test('check 6: the sample rows open the ledger: 100000 in the wallet, 50 points by one mutation', async () => {
  await person('john_doe', 100_000, '50')
  assert.deepEqual(await balanceOf('john_doe'), { balance: 100_000, onapps_point: '50', in_transaction: 0 })
  assert.equal(await held('wallet:john_doe'), 100_000n)
  assert.equal(await held('equity:opening'), -100_000n)
  assert.equal(await held('points:john_doe'), 5_000n)
  assert.equal((await totals('john_doe')).balance, '50')
  assert.deepEqual(await verify(db), [])
})

test('check 7: a balance that the ledger does not hold is refused, an unchanged one is not', async () => {
  await person('hand', 500, '2.5')
  for (const change of [
    sql`balance = 1`,
    sql`in_transaction = 1`,
    sql`onapps_point = '3'`,
    sql`onapps_point = '2.50'`,
    sql`onapps_point = null`,
  ]) {
    await assert.rejects(run(sql`update user_balance set ${change} where username = 'hand'`), {
      code: 'ledger_projection_readonly',
    })
  }
  await run(sql`
    update user_balance set balance = 500, in_transaction = 0, onapps_point = '2.5' where username = 'hand'`)
  await assert.rejects(run(sql`delete from user_balance where username = 'hand'`), {
    code: 'ledger_projection_in_use',
  })
})

test('check 8: a wallet opens neither below zero nor with more held than there is', async () => {
  await run(sql`insert into user_login (username, pwd) values ('poor', 'x')`)
  const insert = (balance: number, held: number, points: string | null = null) =>
    run(sql`
      insert into user_balance (username, balance, in_transaction, onapps_point)
        values ('poor', ${balance}, ${held}, ${points})`)
  await assert.rejects(insert(-1, 0))
  await assert.rejects(insert(10, 11))
  await assert.rejects(insert(0, -1))
  await assert.rejects(insert(0, 0, '-5'))
  await assert.rejects(insert(0, 0, '1e3'))
  await insert(10, 0)
})

test('what an imported wallet has in transaction is held, and finance captures or frees it', async () => {
  await person('held', 1000, null, 400)
  assert.deepEqual(await balanceOf('held'), { balance: 1000, onapps_point: null, in_transaction: 400 })
  await run(sql`select ledger.capture('opening_hold:held')`)
  assert.deepEqual(await balanceOf('held'), { balance: 600, onapps_point: null, in_transaction: 0 })
  assert.deepEqual(await verify(db), [])
})

test('a posting beyond what the documented column holds fails whole', async () => {
  await person('rich', 2_147_483_647)
  await assert.rejects(run(sql`select ledger.post('late:rich', 'gateway:xendit', 'wallet:rich', 1, 'topup')`))
  assert.equal(await held('wallet:rich'), 2_147_483_647n)
})

test('check 37: points follow their mutations through every mix, and a request can be withdrawn', async () => {
  await person('p', 0)
  const add = (type: string, amount: string, status: string) =>
    inTransaction(db, systemCaller, (tx) =>
      tx.one<{ id: number }>(sql`
        insert into point_mutation (username, type, amount, reference_number, src, status)
          values ('p', ${type}, ${amount}, ${`R${Math.random()}`}, 'PROMO', ${status}) returning id`),
    )
  const shown = async () => (await balanceOf('p')).onapps_point ?? '0'
  await add('EARN', '100.50', 'COMPLETE')
  const waiting = await add('EARN', '20', 'PENDING')
  assert.equal(await shown(), '100.5')
  await run(sql`update point_mutation set status = 'COMPLETE' where id = ${waiting.id}`)
  assert.equal(await shown(), '120.5')
  await assert.rejects(add('REDEEM', '121', 'COMPLETE'), { code: 'ledger_insufficient_funds' })
  await add('REDEEM', '20.5', 'COMPLETE')
  const request = await add('REDEEM', '90', 'PENDING')
  await assert.rejects(add('REDEEM', '10.01', 'PENDING'), { code: 'ledger_insufficient_funds' })
  await run(sql`delete from point_mutation where id = ${request.id}`)
  const second = await add('REDEEM', '100', 'PENDING')
  await run(sql`update point_mutation set status = 'COMPLETE' where id = ${second.id}`)
  assert.equal(await shown(), '0')
  assert.equal(Number((await totals('p')).balance), 0)
  await assert.rejects(run(sql`delete from point_mutation where id = ${second.id}`), {
    code: 'mutation_not_pending',
  })
  await assert.rejects(run(sql`update point_mutation set amount = 1 where id = ${second.id}`), {
    code: 'immutable_column',
  })
  assert.deepEqual(await verify(db), [])
})

test('a mutation that a conflict leaves out posts nothing', async () => {
  await person('once', 0)
  const award = () =>
    run(sql`
      insert into point_mutation (username, type, amount, reference_number, src, status)
        values ('once', 'EARN', 10, 'INV-1', 'TRANSACTION', 'COMPLETE') on conflict do nothing`)
  const made = await Promise.all([award(), award(), award()])
  assert.deepEqual(made.toSorted(), [0, 0, 1])
  assert.equal((await balanceOf('once')).onapps_point, '10')
})

test('points of somebody without a wallet row open one', async () => {
  await run(sql`insert into user_login (username, pwd) values ('lazy', 'x')`)
  await run(sql`
    insert into point_mutation (username, type, amount, reference_number, src, status)
      values ('lazy', 'EARN', 7, 'X', 'MANUAL', 'COMPLETE')`)
  assert.deepEqual(await balanceOf('lazy'), { balance: 0, onapps_point: '7', in_transaction: 0 })
})

test('check 38: what is over stays over: COMPLETE, PAID, COMPLETED, and late money only for top-ups', async () => {
  await person('s1')
  await person('s2')
  const transaction = (type: string, status: string) =>
    inTransaction(db, systemCaller, (tx) =>
      tx.one<{ id: bigint }>(sql`
        insert into user_transaction (username, type, amount, invoice, status)
          values ('s1', ${type}, 1, 'I', ${status}) returning id`),
    )
  const move = (id: bigint, status: string) =>
    run(sql`update user_transaction set status = ${status} where id = ${id}`)
  const refused = { code: 'illegal_transition' }
  await assert.rejects(move((await transaction('TOPUP', 'PAID')).id, 'PENDING'), refused)
  await assert.rejects(move((await transaction('TOPUP', 'PAID')).id, 'EXPIRED'), refused)
  await move((await transaction('TOPUP', 'EXPIRED')).id, 'PAID')
  await assert.rejects(move((await transaction('PAYMENT', 'EXPIRED')).id, 'PAID'), refused)
  await run(sql`
    insert into referral_history (username, referral_code, submitted_by, status) values ('s1', 'C', 's2', 'COMPLETED')`)
  await assert.rejects(run(sql`update referral_history set status = 'PENDING'`), refused)
  await run(sql`
    insert into point_mutation (username, type, amount, reference_number, src, status)
      values ('s1', 'EARN', 1, 'X', 'MANUAL', 'COMPLETE')`)
  await assert.rejects(run(sql`update point_mutation set status = 'PENDING' where username = 's1'`), refused)
})

test('the profile mirrors the history of referrals, and nobody else writes it', async () => {
  const status = async () =>
    (
      await db.one<{ status: string | null }>(
        sql`select referral_applied_status as status from user_info where username = 's2'`,
      )
    ).status
  await assert.rejects(
    run(sql`update user_info set referral_applied_status = 'PENDING' where username = 's2'`),
    { code: 'referral_status_mirrored' },
  )
  await run(sql`
    insert into referral_history (username, referral_code, submitted_by, status) values ('s2', 'C', 's1', 'PENDING')`)
  assert.equal(await status(), 'PENDING')
  await run(sql`update referral_history set status = 'EXPIRED' where username = 's2'`)
  assert.equal(await status(), 'EXPIRED')
})

test('check 29: numbers of a month follow each other, a rollback gives its number back, a new month begins at 1', async () => {
  const next = () =>
    inTransaction(db, systemCaller, async (tx) =>
      tx.one<{ number: string }>(sql`select next_document('INVOICE') as number`),
    )
  const month = () =>
    new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Jakarta', year: 'numeric', month: '2-digit' })
      .format(clock.now())
      .replace('-', '')
  const crowd = await Promise.all(Array.from({ length: 100 }, next))
  const expected = (n: number) => `INV-${month()}-${String(n).padStart(6, '0')}`
  assert.deepEqual(
    crowd.map(({ number }) => number).sort(),
    Array.from({ length: 100 }, (_, i) => expected(i + 1)),
  )
  await assert.rejects(
    inTransaction(db, systemCaller, async (tx) => {
      await tx.one(sql`select next_document('INVOICE')`)
      throw new Error('what it was for failed')
    }),
  )
  assert.equal((await next()).number, expected(101))
  clock.advance({ days: 32 })
  assert.equal((await next()).number, expected(1))
})

test('a counter goes neither back in its number nor in its month', async () => {
  await run(sql`insert into counter (type, counter, month) values ('T', 5, 202601)`)
  const refused = { code: 'counter_goes_back' }
  await assert.rejects(run(sql`update counter set counter = 4 where type = 'T'`), refused)
  await assert.rejects(run(sql`update counter set month = 202512 where type = 'T'`), refused)
  await run(sql`update counter set counter = 1, month = 202602 where type = 'T'`)
})

test('the documented seed statements leave out what is there', async () => {
  const seedTwice = sql`INSERT INTO payment_types (name, status) VALUES ('A', true), ('B', true)`
  await run(seedTwice)
  await run(seedTwice)
  const { n } = await db.one<{ n: number }>(sql`select count(*)::int4 as n from payment_types`)
  assert.equal(n, 2)
  await run(sql`INSERT INTO bank_channel (id, code, type, currency) VALUES (1, 'BCA', 'BANK', 'IDR')`)
  assert.equal(
    await run(sql`INSERT INTO bank_channel (id, code, type, currency) VALUES (1, 'BCA', 'BANK', 'IDR')`),
    0,
  )
})

test('a document log takes no step back', async () => {
  const doc = (status: string) => sql.json({ id: 'inv', status, created_at: '2026-01-01' })
  await run(sql`
    insert into xendit_checkout_logs (_id, doc, created_at) values (repeat('a', 24), ${doc('PENDING')}, now())`)
  const change = (status: string) => run(sql`update xendit_checkout_logs set doc = ${doc(status)}`)
  assert.deepEqual(
    [await change('EXPIRED'), await change('PAID'), await change('PENDING'), await change('PAID')],
    [1, 1, 0, 1],
  )
})

test('ids of bank accounts pass over those that were imported', async () => {
  await person('banker')
  await run(sql`insert into bank_account (id, username, channel) values (1, 'banker', 1), (3, 'banker', 1)`)
  await run(sql`insert into bank_account (username, channel) values ('banker', 1), ('banker', 1)`)
  const rows = await db.many<{ id: number }>(sql`select id from bank_account order by id`)
  assert.deepEqual(
    rows.map(({ id }) => id),
    [1, 2, 3, 4],
  )
})

test('the audit tells what changed and keeps nobody’s name, address or secret', async () => {
  await run(
    sql`update user_info set email = 'new@example.com', marketing_opt_in = false where username = 's1'`,
  )
  const note = await db.one<{ state: Record<string, unknown>; changed: string[] }>(sql`
    select after_state as state, context -> 'changed' as changed from audit.outbox
    where entity_type = 'user_info' and entity_id = 's1' order by seq desc limit 1`)
  assert.deepEqual(note.changed, ['email', 'marketing_opt_in'])
  assert.equal(note.state.email, '***')
  assert.equal(note.state.marketing_opt_in, false)
  const { n } = await db.one<{ n: number }>(sql`
    select count(*)::int4 as n from audit.outbox o where o::text like '%@example.com%'`)
  assert.equal(n, 0)
})
