import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { dropDatabase, emptyTestDatabase } from '../../../test/database.ts'
import { migrationProject } from '../../../test/migrations.ts'
import { describeDifference } from '../catalog/compare.ts'
import { findDrift } from './drift.ts'
import { migrateUp } from './run.ts'

const SHOP = `-- niaga:require functions/touch.sql
-- migrate:up
create domain cents as integer check (value >= 0);
create type mood as enum ('good', 'bad');
create table shop (id integer generated always as identity primary key, name varchar(20) not null default 'shop',
  street text not null, town text default 'Bandung', mood mood, price cents, constraint named check (name <> ''));
create table room (id integer primary key, shop integer references shop (id));
create table door (id integer primary key);
create index by_name on shop (name);
create trigger touch before update on shop for each row execute function touch();
create trigger gone before update on shop for each row execute function touch();
comment on table shop is 'where one buys';
grant select on room to niaga_app;
-- migrate:down
drop table room; drop table shop; drop table door; drop type mood; drop domain cents; drop function touch();
`
const TOUCH = `create or replace function touch() returns trigger language plpgsql as $$
begin
  return new;
end $$;
`
const files = { 'migrations/0001_shop.sql': SHOP, 'functions/touch.sql': TOUCH }

async function driftAfter(damage: string, extra: Record<string, string> = {}) {
  const { url, manifest, write } = await migrationProject(files)
  await migrateUp(url, manifest)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(damage).finally(() => client.end())
  for (const [name, text] of Object.entries(extra)) await write(name, text)
  const scratch = await emptyTestDatabase()
  const { differences, pending, problems } = await findDrift(url, scratch, manifest)
  await Promise.all([dropDatabase(url), dropDatabase(scratch)])
  return { differences: differences.map(describeDifference).toSorted(), pending, problems }
}

test('a database that nobody touched is what its files say', async () => {
  assert.deepEqual(await driftAfter('select 1'), { differences: [], pending: [], problems: [] })
})

/** A hand on psql, and how what it did is named. */
const damages: Readonly<Record<string, string>> = {
  'drop table door': 'missing table public.door',
  'create table notes (id integer primary key)': 'extra table public.notes',
  'create schema side; create table side.board (id integer)': 'extra schema side',
  'alter table shop add column age integer': 'extra column public.shop.age',
  'alter table shop alter column name type text':
    'changed column public.shop.name: type: expected "character varying(20)", found "text"',
  'alter table shop alter column street drop not null':
    'changed column public.shop.street: not null: expected "true", found "false"',
  "alter table shop alter column town set default 'Bogor'": `changed column public.shop.town: default: expected "'Bandung'::text", found "'Bogor'::text"`,
  'alter table shop drop constraint named': 'missing constraint public.shop.named',
  'alter table room drop constraint room_shop_fkey, add constraint room_shop_fkey foreign key (shop) references shop (id) on delete cascade':
    'changed constraint public.room.room_shop_fkey: definition: expected "FOREIGN KEY (shop) REFERENCES shop(id)", found "FOREIGN KEY (shop) REFERENCES shop(id) ON DELETE CASCADE"',
  'drop index by_name': 'missing index public.shop.by_name',
  'create index by_price on shop (price)': 'extra index public.shop.by_price',
  'alter table shop disable trigger touch':
    'changed trigger public.shop.touch: enabled: expected "yes", found "no"',
  'drop trigger gone on shop': 'missing trigger public.shop.gone',
  'create or replace function touch() returns trigger language plpgsql as $$\nbegin\n  return null;\nend $$':
    'changed function public.touch(): definition (line 6): expected "return new;", found "return null;"',
  "create function other() returns integer language sql as 'select 1'": 'extra function public.other()',
  'revoke select on room from niaga_app':
    'changed table public.room: grants: expected "niaga_app: SELECT", found nothing',
  'grant update (town) on shop to niaga_app':
    'changed column public.shop.town: grants: expected nothing, found "niaga_app: UPDATE"',
  'grant execute on function touch() to niaga_app':
    'changed function public.touch(): grants: expected "everybody: EXECUTE", found "everybody: EXECUTE; niaga_app: EXECUTE"',
  "alter type mood add value 'fair'": `changed type public.mood: words: expected "'good', 'bad'", found "'good', 'bad', 'fair'"`,
  'alter domain cents drop constraint cents_check': 'missing constraint public.cents.cents_check',
  'comment on table shop is null':
    'changed table public.shop: comment: expected "where one buys", found nothing',
  'alter sequence shop_id_seq increment 2':
    'changed sequence public.shop_id_seq: increment: expected "1", found "2"',
  'alter table shop enable row level security':
    'changed table public.shop: row security: expected "false", found "true"',
  'create policy all_of_it on shop using (true)': 'extra policy public.shop.all_of_it',
  'alter table room owner to niaga_app':
    'changed table public.room: owner: expected "the owner", found "niaga_app"',
}

test('every kind of damage is found and named, and nothing else', async () => {
  const { differences } = await driftAfter(Object.keys(damages).join(';\n'))
  assert.deepEqual(differences, Object.values(damages).toSorted())
})

test('a setting of the database itself is a difference too', async () => {
  const { differences } = await driftAfter(
    `do $$ begin execute format('alter database %I set search_path = side, public', current_database()); end $$`,
  )
  assert.deepEqual(differences, ['extra database setting search_path'])
})

test('what is pending is named and not called a difference', async () => {
  const { differences, pending } = await driftAfter('drop index by_name', {
    'migrations/0002_notes.sql':
      '-- migrate:up\ncreate table notes (id integer);\n-- migrate:down\ndrop table notes;\n',
  })
  assert.deepEqual(differences, ['missing index public.shop.by_name'])
  assert.deepEqual(pending, ['scratch 0002_notes'])
})

test('an edited file is a problem', async () => {
  const { problems } = await driftAfter('select 1', { 'migrations/0001_shop.sql': `${SHOP}-- edited\n` })
  assert.match(problems.join(), /0001_shop was changed after it was applied/)
})
