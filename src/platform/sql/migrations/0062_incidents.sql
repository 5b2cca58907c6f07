-- What is wrong right now, so that people are told once of its beginning and once of its end, by whichever process
-- sees it and over restarts.

-- migrate:up
create table niaga.incident (
  name text primary key,
  -- What exactly; another one is news.
  mark text not null,
  since timestamptz not null,
  told_at timestamptz not null
);
grant select, insert, update, delete on niaga.incident to niaga_app;

-- migrate:down
drop table niaga.incident;
