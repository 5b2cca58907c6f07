-- What outside parties sent us, raw, before anything is done about it.

-- migrate:up
create table niaga.inbox (
  id bigint generated always as identity primary key,
  source text not null,
  -- The provider's own id where it has one; otherwise what the receiver chose (a hash, or a fresh id per delivery).
  event_id text not null,
  -- Events of one queue are processed one after the other, lowest sequence first; null: in any order.
  queue text,
  sequence bigint,
  headers jsonb not null default '{}',
  body bytea not null,
  received_at timestamptz not null default now(),
  status text not null default 'received' constraint inbox_status check (
    status in ('received', 'processing', 'processed', 'failed', 'unmatched', 'unconfirmed')),
  attempts integer not null default 0,
  last_error text,
  claimed_at timestamptz,
  processed_at timestamptz,
  constraint inbox_event unique (source, event_id)
);
-- Open rows are few however many were processed: the sweep and the next-in-queue lookup read only these.
create index inbox_open on niaga.inbox (queue, sequence, id) where status in ('received', 'processing');
-- What a person must look at.
create index inbox_attention on niaga.inbox (id) where status in ('failed', 'unmatched', 'unconfirmed');
create index inbox_received_at on niaga.inbox (source, received_at);

-- migrate:down
drop function if exists niaga.receive(text, text, bytea, jsonb, text, bigint);
drop function if exists niaga.enqueue_inbox(bigint, text, timestamptz);
drop table niaga.inbox;
