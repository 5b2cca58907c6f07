-- Sessions, cached values, rate counters and sorted sets where no Redis is configured, or it is down.
-- Unlogged: a counter must not cost a flush to disk, and after a crash of the server nothing here is missed that
-- cannot be counted, asked or cached again.

-- migrate:up
create unlogged table niaga.kv (
  key text primary key,
  value text not null,
  expires_at timestamptz
) with (fillfactor = 70); -- counters are updated in place: room on the page keeps those updates off the index
create index kv_expires_at on niaga.kv (expires_at) where expires_at is not null;

create unlogged table niaga.kv_sorted_set (
  key text not null,
  member text not null,
  score double precision not null,
  primary key (key, member)
);
create index kv_sorted_set_score on niaga.kv_sorted_set (key, score, member);

-- migrate:down
drop table niaga.kv_sorted_set;
drop table niaga.kv;
