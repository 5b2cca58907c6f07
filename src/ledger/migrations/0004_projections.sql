-- Documented balance columns (users.account_balance ...) that show an account and that nothing else writes.

-- migrate:up
create table ledger.projection (
  id integer generated always as identity primary key,
  -- "user.{id}": the key of the row stands in the place of the braces.
  pattern text not null check (pattern ~ '^[^{}]+\{[a-z_]+\}[^{}]*$'),
  table_schema name not null,
  table_name name not null,
  key_column name not null,
  value_column name not null,
  measure text not null check (measure in ('balance', 'held', 'available')),
  unit text not null references ledger.unit (code),
  floor bigint,
  -- Pays the balance a row is inserted with; null: rows are inserted with zero.
  opening text,
  opening_reference text not null,
  unique (table_schema, table_name, value_column)
);

-- migrate:down
select ledger.undeclare_projection(format('%I.%I', table_schema, table_name)::regclass, value_column)
from ledger.projection;
-- Functions take its rows; their current bodies come back with the next run.
drop table ledger.projection cascade;
