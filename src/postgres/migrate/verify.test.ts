import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dropDatabase } from '../../../test/database.ts'
import { migrationProject } from '../../../test/migrations.ts'
import { describeDifference } from '../catalog/compare.ts'
import { floorsOf, verifyReversible } from './verify.ts'

const FIRST = `-- niaga:require functions/touch.sql
-- migrate:up
create table thing (id integer primary key, name text not null default 'x');
create index by_name on thing (name);
create trigger touch before update on thing for each row execute function touch();
-- migrate:down
drop table thing;
drop function touch();
`
const TOUCH = `create or replace function touch() returns trigger language plpgsql as $$
begin perform helper(); return new; end $$;
create or replace function helper() returns void language sql as 'select';
`

/** What `verify` says of a second migration. */
async function found(up: string, down: string): Promise<string[]> {
  const { url, manifest } = await migrationProject({
    'functions/touch.sql': TOUCH,
    'migrations/0001_thing.sql': FIRST,
    'migrations/0002_second.sql': `-- migrate:up\n${up}\n-- migrate:down\n${down}\n`,
  })
  const [floor] = floorsOf(manifest)
  assert.ok(floor)
  const differences = await verifyReversible(url, floor)
  await dropDatabase(url)
  return differences.map((one) => `${one.after}: ${describeDifference(one)}`)
}

test('a migration that is undone completely leaves no trace; current function bodies may stay', async () => {
  assert.deepEqual(
    await found('alter table thing add column note text', 'alter table thing drop column note'),
    [],
  )
})

test('what a down migration forgets is named, object by object', async () => {
  const up = `create type mood as enum ('good', 'bad');
    create table other (id integer primary key, mood mood);
    create function left_over() returns integer language sql as 'select 1';
    grant select on thing to niaga_app; comment on column thing.name is 'what it is called';
    alter table thing alter column name drop default, add constraint short check (length(name) < 9);`
  const differences = await found(up, 'drop table other')
  const again = differences.pop()
  assert.deepEqual(differences.toSorted(), [
    `0002_second undone: changed column public.thing.name: comment: expected nothing, found "what it is called"`,
    `0002_second undone: changed column public.thing.name: default: expected "'x'::text", found nothing`,
    '0002_second undone: changed table public.thing: grants: expected nothing, found "niaga_app: SELECT"',
    '0002_second undone: extra constraint public.thing.short',
    '0002_second undone: extra function public.left_over()',
    '0002_second undone: extra type public.mood',
  ])
  assert.match(
    again ?? '',
    /^everything undone: missing second "up": .*0002_second\.sql: type "mood" already exists/,
  )
})

test('a down migration that takes too much is named', async () => {
  assert.deepEqual(await found('select 1', 'drop index by_name'), [
    '0002_second undone: missing index public.thing.by_name',
  ])
})

test('a migration that comes out otherwise the second time is named', async () => {
  const up = `create sequence if not exists turn;
    do $$ begin execute format('create view turn_%s as select 1 as one', nextval('turn')); end $$`
  const down = `do $$ declare v text; begin
      for v in select viewname from pg_views where schemaname = 'public' loop execute 'drop view ' || v; end loop;
    end $$`
  const differences = await found(up, down)
  assert.deepEqual(differences.slice(-2), [
    'everything undone and applied again: missing table public.turn_1',
    'everything undone and applied again: extra table public.turn_2',
  ])
  assert.ok(differences.includes('0002_second undone: extra sequence public.turn'))
})

test('a down migration that fails is an error that names its file', async () => {
  await assert.rejects(found('select 1', 'drop table nowhere'), /0002_second\.sql.*"nowhere" does not exist/)
})
