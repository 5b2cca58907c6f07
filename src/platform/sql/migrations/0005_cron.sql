-- When each schedule last put its job into the queue, so that many processes enqueue it once.

-- migrate:up
create table niaga.cron (
  name text primary key,
  last_slot timestamptz not null
);

-- migrate:down
drop table niaga.cron;
