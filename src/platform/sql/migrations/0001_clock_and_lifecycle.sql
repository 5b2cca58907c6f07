-- Schema niaga: what every system's database carries besides its own tables.

-- migrate:up
create schema niaga;

-- One row: the sandbox offset that pending jobs were last placed by (functions/set_clock_offset.sql).
create table niaga.clock (
  only_row boolean primary key default true check (only_row),
  clock_offset interval not null
);
insert into niaga.clock (clock_offset) values (interval '0');

-- The declared states of a column. TypeScript unions and the diagrams in the docs are generated from here;
-- the trigger that enforces them is made by niaga.declare_lifecycle.
create table niaga.lifecycle (
  table_schema name not null,
  table_name name not null,
  column_name name not null,
  initial text[] not null,
  transitions jsonb not null check (jsonb_typeof(transitions) = 'object'),
  primary key (table_schema, table_name, column_name)
);

-- migrate:down
drop schema niaga cascade;
