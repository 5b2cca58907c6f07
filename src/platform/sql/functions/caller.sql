-- Who acts in this transaction, as the application told it (kernel: Caller). A session of a person with psql,
-- who tells nothing, acts as the system.
create or replace function niaga.actor_id() returns text
language sql stable parallel safe as $$
  select nullif(pg_catalog.current_setting('niaga.actor_id', true), '')
$$;

create or replace function niaga.actor_type() returns text
language sql stable parallel safe as $$
  select coalesce(nullif(pg_catalog.current_setting('niaga.actor_type', true), ''), 'system')
$$;

create or replace function niaga.correlation_id() returns text
language sql stable parallel safe as $$
  select nullif(pg_catalog.current_setting('niaga.correlation_id', true), '')
$$;

create or replace function niaga.ip() returns inet
language sql stable parallel safe as $$
  select nullif(pg_catalog.current_setting('niaga.ip', true), '')::pg_catalog.inet
$$;
