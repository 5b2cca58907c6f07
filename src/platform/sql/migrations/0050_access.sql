-- Who may come in: signing keys of access tokens, sessions with their refresh tokens, API keys.

-- migrate:up
-- The private half is sealed by the application (platform/crypto); the public half is what JWKS shows.
create table niaga.signing_key (
  kid text primary key,
  public_jwk jsonb not null,
  sealed_private text not null,
  created_at timestamptz not null,
  retired_at timestamptz
);
-- Exactly one key signs, however many processes start at once.
create unique index signing_key_one_active on niaga.signing_key ((true)) where retired_at is null;

-- One sign-in. Its refresh tokens form a family: all of them end with it.
create table niaga.session (
  id uuid primary key,
  subject text not null,
  created_at timestamptz not null,
  revoked_at timestamptz
);
create index session_subject on niaga.session (subject) where revoked_at is null;

-- Only a hash is kept: a copy of this table opens nothing.
create table niaga.refresh_token (
  token_hash bytea primary key check (octet_length(token_hash) = 32),
  session_id uuid not null references niaga.session (id) on delete cascade,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index refresh_token_session on niaga.refresh_token (session_id);
create index refresh_token_expires_at on niaga.refresh_token (expires_at);

create table niaga.api_key (
  id uuid primary key,
  name text not null check (name <> ''),
  prefix text not null unique,
  secret_hash bytea not null check (octet_length(secret_hash) = 32),
  scopes text[] not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz
);

-- migrate:down
drop function if exists niaga.rotate_refresh_token(bytea, bytea, interval);
drop table niaga.api_key;
drop table niaga.refresh_token;
drop table niaga.session;
drop table niaga.signing_key;
