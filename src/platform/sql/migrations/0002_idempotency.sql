-- Answers of requests that carry an Idempotency-Key, stored in the transaction of their effect.

-- migrate:up
create table niaga.idempotency (
  scope text not null,
  key text not null check (length(key) between 1 and 255),
  request_hash text not null,
  answer jsonb not null,
  created_at timestamptz not null default now(),
  primary key (scope, key)
);
-- For the purge alone, and rows arrive in time order: a few pages however large the table is.
create index idempotency_created_at on niaga.idempotency using brin (created_at);

-- migrate:down
drop function if exists niaga.idempotency_begin(text, text, text);
drop function if exists niaga.idempotency_finish(text, text, text, jsonb);
drop table niaga.idempotency;
