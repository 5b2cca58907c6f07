-- What the audit database will be told, written in the transaction of the change itself: no outbox row, no change.

-- migrate:up
create schema audit;

create table audit.outbox (
  -- Ordered (xid, seq) and read only below the oldest running transaction, the relay can never overtake a row
  -- that commits late; a sequence alone would let it.
  xid xid8 not null default pg_current_xact_id(),
  seq bigint not null generated always as identity,
  event_id uuid not null default gen_random_uuid(),
  occurred_at timestamptz not null,
  actor_id text,
  actor_type text not null,
  correlation_id text,
  ip inet,
  subject_id text,
  entity_type text not null,
  entity_id text not null,
  action text not null,
  before_state jsonb,
  after_state jsonb,
  context jsonb,
  primary key (xid, seq)
);

-- migrate:down
drop schema audit cascade;
