-- Money that is promised but not moved: it lowers what is available until it is captured, released or expires.
-- niaga:require functions/hold_closes_once.sql

-- migrate:up
create table ledger.hold (
  -- ledger.id_of(reference, leg): the transfer that captures it carries the same id.
  id uuid not null,
  reference text not null,
  leg smallint not null,
  legs smallint not null,
  debit bigint not null,
  credit bigint not null,
  amount bigint not null check (amount > 0),
  kind text not null,
  metadata jsonb,
  state text not null default 'open' check (state in ('open', 'captured', 'released', 'expired')),
  captured bigint not null default 0 check (captured between 0 and amount),
  created_at timestamptz not null,
  -- Null: it stays until somebody decides.
  expires_at timestamptz,
  closed_at timestamptz,
  primary key (reference, leg),
  check (debit <> credit),
  check ((state = 'open') = (closed_at is null)),
  check ((captured > 0) = (state = 'captured'))
);
create index hold_due on ledger.hold (expires_at) where state = 'open';
create index hold_open_debit on ledger.hold (debit) where state = 'open';
create index hold_open_credit on ledger.hold (credit) where state = 'open';

create trigger hold_closes_once before update on ledger.hold
for each row execute function ledger.hold_closes_once();
create trigger append_only before delete or truncate on ledger.hold
for each statement execute function ledger.append_only();

-- migrate:down
-- The view of balances and some functions read it; their current bodies come back with the next run.
drop table ledger.hold cascade;
drop function ledger.hold_closes_once();
