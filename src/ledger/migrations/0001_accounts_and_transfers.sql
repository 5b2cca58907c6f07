-- Schema ledger: units, accounts, transfers. Money moves through the functions of this component only.

-- migrate:up
create schema ledger;

-- IDR with scale 2: a balance of 3052000 is Rp 30.520,00. Points and coins are units as well.
create table ledger.unit (
  code text primary key check (code ~ '^[A-Z][A-Z0-9_]{1,15}$'),
  scale smallint not null check (scale between 0 and 8)
);
insert into ledger.unit (code, scale) values ('IDR', 2), ('INR', 2);

-- The first part of every account name, up to the first of . : / belongs either to the system or to names that
-- people choose, never to both: a user called "fees" can never own the account of the fees.
create table ledger.family (
  name text primary key,
  personal boolean not null
);

create table ledger.account (
  id bigint generated always as identity primary key,
  name text not null unique,
  personal boolean not null default false,
  -- Unit and family are checked when the account is opened. A foreign key would be checked again at every change
  -- of a balance that this transaction has changed before.
  unit text not null,
  -- 1: credits raise the balance (money of others, income). -1: debits raise it (cash, bank, gateway).
  normal smallint not null default 1 check (normal in (1, -1)),
  balance bigint not null default 0,
  held bigint not null default 0 check (held >= 0),
  -- Null: may go to any depth. Otherwise balance - held never falls below it; a credit limit is a negative one.
  floor bigint,
  -- A hot account without a floor keeps its balance in ledger.stripe, so that its writers do not queue.
  striped boolean not null,
  -- The projection that shows it, and the key of the row there.
  projected_by text,
  projection_key text,
  opened_at timestamptz not null default now(),
  constraint ledger_insufficient_funds check (balance - held >= floor),
  check (not striped or (floor is null and balance = 0 and held = 0 and projected_by is null))
) with (fillfactor = 70);

-- 32 rows per striped account; a backend writes the row of its process id, a reader sums them.
create table ledger.stripe (
  account bigint not null references ledger.account (id),
  stripe smallint not null,
  balance bigint not null default 0,
  primary key (account, stripe)
) with (fillfactor = 50);

-- One row per transfer with the running balance of both sides; ledger.entry shows it as two entries.
-- No foreign keys: the posting function has read both accounts, and accounts are never deleted.
create table ledger.transfer (
  -- Order of posting. Taken under the locks of both accounts: the order of their running balances.
  seq bigint generated always as identity,
  posted_at timestamptz not null,
  debit bigint not null,
  credit bigint not null,
  amount bigint not null check (amount > 0),
  -- Null where the account was striped: its running balance is computed when somebody reads it.
  debit_balance bigint,
  credit_balance bigint,
  -- ledger.id_of(reference, leg)
  id uuid primary key,
  leg smallint not null,
  legs smallint not null,
  kind text not null,
  reference text not null,
  metadata jsonb,
  check (debit <> credit)
);
create index transfer_debit on ledger.transfer (debit, seq);
create index transfer_credit on ledger.transfer (credit, seq);
-- Times grow with the rows: a few bytes per million of them find a moment.
create index transfer_posted_at on ledger.transfer using brin (posted_at);

-- What post_journal and the batch take; ledger.leg(...) makes one.
create type ledger.leg as (debit text, credit text, amount bigint, kind text);

-- migrate:down
drop schema ledger cascade;
