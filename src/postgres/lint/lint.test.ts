import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lintMigration } from './lint.ts'

const BEGIN = '-- é: bytes are not letters\n\n-- migrate:up\ncreate table fresh (id integer);\n'

/** "4 rule" for each finding of a statement that stands in line 6, after an annotation or a comment in line 5. */
async function findings(
  statement: string,
  comment = '-- why',
  { transaction = true, down = 'select 1' } = {},
) {
  const head = transaction ? BEGIN : '-- é\n\n-- migrate:up transaction:false\n\n'
  const found = await lintMigration(
    'f.sql',
    `${head}${comment}\n${statement};\n-- migrate:down\n${down}\n`,
    transaction,
  )
  return found.map(({ line, rule }) => `${line} ${rule}`)
}

/** What would stop or break a live table, and the rule that says so. */
const faults: Readonly<Record<string, string>> = {
  'create index on old (a)': 'index-blocks-writes',
  'create index concurrently on old (a)': 'needs-no-transaction',
  'drop index by_name': 'index-blocks-writes',
  'alter table old add column a uuid default gen_random_uuid()': 'rewrite',
  'alter table old add column a timestamptz default clock_timestamp()': 'rewrite',
  'alter table old add column a bigserial': 'rewrite',
  'alter table old add column a integer generated always as (b + 1) stored': 'rewrite',
  'alter table old add column a integer not null': 'not-null-scan',
  'alter table old alter column a set not null': 'not-null-scan',
  'alter table old alter column a type text': 'rewrite',
  'alter table old add constraint c check (a > 0)': 'validates-under-lock',
  'alter table old add constraint c foreign key (a) references b (id)': 'validates-under-lock',
  'alter table old add column a integer references b (id)': 'validates-under-lock',
  'alter table old add primary key (a)': 'index-blocks-writes',
  'alter table old add constraint u unique (a)': 'index-blocks-writes',
  'alter table old set unlogged': 'rewrite',
  'alter table old drop column a': 'drop',
  'drop table old': 'drop',
  'drop type mood': 'drop',
  'truncate old': 'drop',
  'alter table old rename to older': 'rename',
  'alter table old rename column a to b': 'rename',
  'update old set a = 1': 'rows-in-migration',
  'delete from s.old': 'rows-in-migration',
  'vacuum full old': 'long-lock',
  'lock table old': 'long-lock',
  'reindex table old': 'long-lock',
  'do $$ begin end $$': 'hidden',
}

test('every planted fault is found, with its line and its rule', async () => {
  for (const [statement, rule] of Object.entries(faults)) {
    assert.deepEqual(await findings(statement), [`6 ${rule}`], statement)
  }
})

test('what is harmless, and what happens to a table of the same file, is nothing', async () => {
  const harmless = [
    'create index on fresh (id)',
    'alter table fresh add column a integer not null references old (id)',
    'alter table old add column a integer',
    'alter table old add column a timestamptz not null default now()',
    "alter table old add column a text not null default 'x'",
    'alter table old add constraint c check (a > 0) not valid',
    'alter table old validate constraint of_an_earlier_file',
    'alter table old add constraint u unique using index i',
    'alter table old alter column a drop not null',
    "select niaga.declare_lifecycle('old', 'a', '{x}', '{}')",
    'create trigger t before update on old for each row execute function f()',
    'grant select on old to niaga_app',
  ]
  for (const statement of harmless) assert.deepEqual(await findings(statement), [], statement)
  assert.deepEqual(await findings('create index concurrently on old (a)', '', { transaction: false }), [])
})

test('a constraint that is added and validated in one file keeps the lock', async () => {
  const both =
    'alter table old add constraint c check (a > 0) not valid; alter table old validate constraint c'
  assert.deepEqual(await findings(both), ['6 validate-apart'])
})

test('an annotation with a reason accepts; without one, or with nothing to accept, it is a finding', async () => {
  assert.deepEqual(await findings('drop table old', '-- niaga:accept drop because nothing reads it'), [])
  assert.deepEqual(await findings('drop table old', '-- niaga:accept drop'), ['5 annotation'])
  assert.deepEqual(await findings('drop table old', '-- niaga:accept rename because it is called so'), [
    '5 annotation',
    '6 drop',
  ])
  assert.deepEqual(await findings('select 1', '-- niaga:accept drop because it was there once'), [
    '5 annotation',
  ])
})

test('a missing way back, several statements without a transaction, and text that is no SQL are found', async () => {
  assert.deepEqual(await findings('select 1', '', { down: '' }), ['8 no-down'])
  assert.deepEqual(await findings('select 1; select 2', '', { transaction: false }), ['6 several-statements'])
  assert.deepEqual(await findings('selct 1'), ['6 syntax'])
})
