-- The moment of a posting: now, not when the transaction began, so that it grows with transfer.seq under the
-- account's lock; plus the sandbox offset that transactions carry in niaga.clock_offset.
-- No fixed search_path, so that the planner can inline it.
create or replace function ledger.clock() returns timestamptz
language sql volatile parallel safe as $$
  select pg_catalog.clock_timestamp() operator(pg_catalog.+) coalesce(
    nullif(pg_catalog.current_setting('niaga.clock_offset', true), '')::pg_catalog.interval,
    '0'::pg_catalog.interval)
$$;
