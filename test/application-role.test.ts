/** What the running application may do in its systems' databases, and what an injection into it could not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { systemCaller } from '../src/kernel/caller.ts'
import type { Database } from '../src/postgres/database.ts'
import { sql } from '../src/postgres/sql.ts'
import { inTransaction } from '../src/postgres/transaction.ts'
import { auditsDatabase, storeDatabase } from '../src/systems/quickcart/databases.ts'
import { walletDatabase } from '../src/systems/userstate/databases.ts'
import {
  auditOutboxRights,
  auditsRights,
  type ComponentRights,
  historyRights,
  jobsRights,
  ledgerRights,
  platformRights,
  reportRights,
  shopRights,
  walletRights,
} from './application-rights.ts'
import { testDatabase } from './database.ts'

const shop = await testDatabase(storeDatabase)
const audits = await testDatabase(auditsDatabase)
const wallets = await testDatabase(walletDatabase)

const USER = 700_000_001
await shop.db.run(sql`
  insert into users (id, name, bank_id, account_balance) values (${USER}, 'Budi', '700001', 50000)`)
await shop.db.run(sql`select ledger.post('t:1', ${`user.${USER}`}, 'sales', 100, 'x')`)
await shop.db.run(sql`
  insert into niaga.api_key (id, name, prefix, secret_hash, scopes, created_at)
    values (gen_random_uuid(), 'x', 'x', ${Buffer.alloc(32)}, '{}', now())`)
await audits.db.run(sql`
  insert into audit_logs (actor_type, entity_type, entity_id, action) values ('system', 'users', '1', 'create')`)

/** Every relation that holds or shows rows, with what a role may do to it, in the words of the list. */
async function rightsIn(db: Database, role = 'niaga_app'): Promise<Record<string, string>> {
  const rows = await db.many<{ name: string; rights: string }>(sql`
    select format('%s.%s', n.nspname, c.relname) as name, coalesce((
      select string_agg(case
        when has_table_privilege(${role}, c.oid, p.word) then p.word
        else format('%s(%s)', p.word, listed.columns) end, ', ' order by p.place) as rights
      from unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger'])
        with ordinality p (word, place)
      left join lateral (
        select string_agg(a.attname, ', ' order by a.attname) as columns from pg_attribute a
        where p.word not in ('delete', 'truncate', 'trigger') and a.attrelid = c.oid and a.attnum > 0
          and not a.attisdropped and has_column_privilege(${role}, c.oid, a.attnum, p.word)) listed on true
      where has_table_privilege(${role}, c.oid, p.word) or listed.columns is not null), '') as rights
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`)
  return Object.fromEntries(rows.map(({ name, rights }) => [name, rights]))
}

const expected: readonly [string, Database, readonly ComponentRights[]][] = [
  [
    'db_store1',
    shop.db,
    [historyRights, jobsRights, platformRights, ledgerRights, auditOutboxRights, shopRights],
  ],
  [
    'userstate',
    wallets.db,
    [historyRights, jobsRights, platformRights, ledgerRights, auditOutboxRights, walletRights],
  ],
  ['db_audits', audits.db, [historyRights, platformRights, auditsRights]],
]
for (const [name, db, components] of expected) {
  test(`${name}: every table of every schema has the rights that were decided for it, and no other`, async () => {
    const decided: Record<string, string> = Object.assign({}, ...components)
    assert.deepEqual(sorted(await rightsIn(db)), sorted(decided))
  })

  test(`${name}: the application makes nothing and owns nothing`, async () => {
    const schemas = await db.many<object>(sql`
      select nspname from pg_namespace where nspname !~ '^pg_(toast|temp)'
        and has_schema_privilege('niaga_app', oid, 'create')`)
    const owned = await db.many<object>(sql`
      select d.classid::regclass::text, d.objid from pg_shdepend d
      where d.refobjid = 'niaga_app'::regrole and d.deptype = 'o'`)
    const { role } = await db.one<{ role: object }>(sql`
      select to_jsonb(r) as role from (select rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication
        from pg_roles where rolname = 'niaga_app') r`)
    assert.deepEqual([schemas, owned], [[], []])
    assert.ok(Object.values(role).every((may) => may === false))
  })
}

function sorted(rights: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(rights).sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Only the server's own refusal counts: 42501, insufficient_privilege. */
async function denied(db: Database, statement: string): Promise<void> {
  await assert.rejects(
    db.pool.query(statement),
    (error) => error instanceof pg.DatabaseError && error.code === '42501',
    statement,
  )
}

const shopAttacks = [
  'update ledger.account set balance = balance + 1',
  'update ledger.account set floor = null',
  'update ledger.transfer set amount = 1',
  'delete from ledger.transfer',
  'truncate ledger.transfer',
  'insert into ledger.transfer default values',
  "insert into ledger.account (name, unit, striped) values ('thief', 'IDR', false)",
  'update ledger.stripe set balance = 0',
  'delete from ledger.hold',
  `update users set account_balance = 1000000 where id = ${USER}`,
  `update users set member_status = 'admin' where id = ${USER}`,
  `update users set is_banned = false where id = ${USER}`,
  `insert into users (id, name, bank_id, account_balance) values (1, 'x', '000001', 1000000)`,
  `insert into users (id, name, bank_id, member_status) values (1, 'x', '000001', 'admin')`,
  'delete from users',
  `insert into vouchers (code, amount, created_by, expires_at) values ('FREE', 1, ${USER}, now())`,
  'update vouchers set amount = 1000000',
  'update deposits set amount = 1000000',
  'update payments set amount = 1',
  'delete from orders',
  'delete from payments',
  'update audit.outbox set actor_id = null',
  'truncate audit.outbox',
  'update audit_anchors set row_hash = row_hash',
  "update niaga.api_key set scopes = '{admin}'",
  'insert into niaga.api_key select * from niaga.api_key',
  'delete from niaga.lifecycle',
  `select niaga.declare_lifecycle('orders', 'status', '{paid}', '{}')`,
  `select ledger.declare_projection('orders', 'total_bill', 'id', 'o.{id}', 'IDR')`,
  'delete from migrations.applied',
  `update migrations.applied set checksum = ''`,
  'select * from migrations.functions',
  'alter table orders disable trigger all',
  'alter table ledger.transfer disable trigger append_only',
  'drop trigger audit_trigger on users',
  'drop table products',
  'drop schema ledger cascade',
  'truncate users cascade',
  'create table mine (id integer)',
  "create function ledger.refuse() returns void language sql as ''",
  "create or replace function public.place_order() returns void language sql as ''",
  'create policy mine on graphile_worker._private_jobs',
  'insert into graphile_worker.migrations (id) values (999)',
]

const walletAttacks = [
  'update ledger.account set balance = balance + 1',
  'update user_balance set balance = 1000000',
  "insert into user_balance (username, balance) values ('budi', 1000000)",
  "insert into user_role (username, role) values ('budi', 'admin')",
  "insert into api_key (key, holder) values ('x', 'thief')",
  "update api_key set scopes = '{payments:charge}'",
  "update user_login set username = 'other'",
  "update user_info set referral_code = 'X'",
  'update point_mutation set amount = 1000',
  'update user_transaction set amount = 1',
  'delete from user_transaction',
  'delete from user_login',
  'delete from referral_history',
  'update audit.outbox set actor_id = null',
  'update audit.audit_anchors set row_hash = row_hash',
  'alter table user_balance disable trigger all',
  'truncate user_login cascade',
  'create table mine (id integer)',
  "create or replace function public.refuse(text, jsonb) returns void language sql as ''",
]

const anywhere = [
  'set session_replication_role = replica',
  `select set_config('session_replication_role', 'replica', false)`,
  'set role postgres',
  'set session authorization postgres',
  'select * from pg_authid',
  'select * from pg_shadow',
  'create role thief superuser',
  'alter role niaga_app superuser',
  'alter role niaga_app createrole',
  "alter role postgres password 'x'",
  `copy (select 1) to program 'true'`,
  `select pg_read_file('/etc/passwd')`,
  'alter system set fsync = off',
  'create extension file_fdw',
  'alter database postgres rename to x',
  'create database mine',
  'checkpoint',
]

const auditAttacks = [
  `update audit_logs set action = 'nothing'`,
  'update audit_logs set payload_salt = null, anonymized_at = now()',
  'delete from audit_logs',
  'truncate audit_logs',
  'alter table audit_logs disable trigger keep',
  'alter table audit_logs disable trigger all',
  'drop trigger chain on audit_logs',
  'drop table audit_logs',
  `select setval('audit_logs_id_seq', 1)`,
  'alter sequence audit_logs_id_seq restart',
  'set role audit_writer',
  'delete from migrations.applied',
]

test('db_store1: what an injection would want is refused by the server itself', async () => {
  const before = await rightsIn(shop.db)
  for (const statement of [...shopAttacks, ...anywhere]) await denied(shop.application, statement)
  // Answered with a warning instead of an error, and without effect.
  await shop.application.pool.query('grant all on all tables in schema ledger to niaga_app')
  assert.deepEqual(await rightsIn(shop.db), before)
})

test('userstate: what an injection would want is refused by the server itself', async () => {
  await wallets.db.run(sql`insert into user_login (username, pwd) values ('budi', 'x')`)
  for (const statement of walletAttacks) await denied(wallets.application, statement)
})

test('userstate: userstate_ro reads for reports what was decided, no secret, and runs nothing with more rights than its own', async () => {
  const { db } = wallets
  const given = Object.entries(await rightsIn(db, 'userstate_ro')).filter(([, rights]) => rights !== '')
  assert.deepEqual(sorted(Object.fromEntries(given)), sorted(reportRights))
  const definers = await db.many<object>(sql`
    select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where p.prosecdef and n.nspname !~ '^pg_' and has_schema_privilege('userstate_ro', n.oid, 'usage')
      and has_function_privilege('userstate_ro', p.oid, 'execute')`)
  assert.deepEqual(definers, [])
  const asReports = (statement: string) =>
    inTransaction(db, systemCaller, async (tx) => {
      await tx.run(sql`set local role userstate_ro`)
      await tx.run(sql.raw(statement))
    })
  await asReports('select t.*, l.disabled from user_transaction t join user_login l using (username)')
  for (const statement of [
    'select pwd from user_login',
    'select token from user_login',
    'select * from user_login',
    'select otp from otp_tracker',
    'select key from api_key',
    'select account_number_enc from bank_account',
    'select account_number_hash from bank_account',
    'select * from niaga.session',
    'select * from ledger.transfer',
    'select * from audit.outbox',
    'update user_info set first_name = first_name',
    'insert into app_setting (key, value) values ($$x$$, $$1$$)',
    'delete from fcm',
    'create table mine (id integer)',
  ]) {
    await assert.rejects(asReports(statement), /permission denied/, statement)
  }
  // The role is the server's: it is there for the next database, and the rights are given once more without harm.
  const again = await db.one<{ given: boolean }>(sql`select grant_reports() as given`)
  assert.equal(again.given, true)
})

test('userstate: whoever may make no role migrates all the same, and is told what to run', async () => {
  const { db } = wallets
  const missing = await inTransaction(db, systemCaller, async (tx) => {
    // As on a server where nobody has made it.
    const { body } = await tx.one<{ body: string }>(
      sql`select replace(pg_get_functiondef('grant_reports()'::regprocedure), 'userstate_ro', 'nobody_made_it') as body`,
    )
    await tx.run(sql.raw(body))
    await tx.run(sql`create role plain_owner nologin`)
    await tx.run(sql`set local role plain_owner`)
    const { given } = await tx.one<{ given: boolean }>(sql`select grant_reports() as given`)
    await tx.run(sql`reset role`)
    await tx.run(sql`drop role plain_owner`)
    await tx.run(sql.raw(body.replaceAll('nobody_made_it', 'userstate_ro')))
    return !given
  })
  assert.ok(missing)
})

test('db_audits: nobody rewrites, cuts or silences the audit', async () => {
  for (const statement of [...auditAttacks, ...anywhere]) await denied(audits.application, statement)
})

test('a connection cannot shed the role: no owner stands behind its login', async () => {
  for (const statement of [
    'set role none; update ledger.account set balance = 0',
    'reset role; update ledger.account set balance = 0',
    `do $$ begin perform set_config('role', 'none', false); update ledger.account set balance = 0; end $$`,
    'set session authorization default; update ledger.account set balance = 0',
    'reset all; update ledger.account set balance = 0',
  ]) {
    await denied(shop.application, statement)
  }
  const { login } = await shop.application.one<{ login: string }>(sql`select session_user::text as login`)
  assert.equal(login, 'niaga_app')
})

test('a projected balance that the ledger does not hold is refused even to the owner', async () => {
  await assert.rejects(shop.db.run(sql`update users set account_balance = 1 where id = ${USER}`))
})

test('what the audit records it records, reads and forgets by its own function', async () => {
  const db = audits.application
  await db.run(sql`
    insert into audit_logs (actor_id, actor_type, entity_type, entity_id, action, after_state)
      values (5, 'user', 'users', '5', 'create', '{"id": 5, "name": "Rina"}')`)
  await db.one(sql`select audit_anonymize(5, -5)`)
  const row = await db.one<{ name: string; entity_id: string }>(sql`
    select after_state ->> 'name' as name, entity_id from audit_logs where actor_id = -5`)
  assert.deepEqual(row, { name: '[anonymized]', entity_id: '-5' })
})
