-- The clock of every business rule: the transaction's time plus the sandbox offset, if one is set.
-- No fixed search_path: it would keep the planner from inlining this into the caller's query, and every name
-- in it is qualified.
create or replace function niaga.now() returns timestamptz
language sql stable parallel safe as $$
  select pg_catalog.now() operator(pg_catalog.+) coalesce(
    nullif(pg_catalog.current_setting('niaga.clock_offset', true), '')::pg_catalog.interval,
    '0'::pg_catalog.interval)
$$;
