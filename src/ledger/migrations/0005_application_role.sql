-- The role applications connect as: it calls the ledger's functions and reads its views, it writes no table.
-- Schemas grant nothing to PUBLIC, so that without USAGE nobody else reaches the functions.
-- niaga:accept hidden because it makes roles where they are missing and grants to them, and touches no table

-- migrate:up
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'niaga_app') then
    create role niaga_app nologin;
  end if;
exception
  -- Roles belong to the server: another database's migration may be making it right now.
  when duplicate_object or unique_violation then null;
  when insufficient_privilege then
    raise notice 'role niaga_app is missing and may not be created here: the application runs as the owner';
end
$$;

do $$
begin
  if exists (select from pg_catalog.pg_roles where rolname = 'niaga_app') then
    grant usage on schema ledger to niaga_app;
    grant select on all tables in schema ledger to niaga_app;
    alter default privileges in schema ledger grant select on tables to niaga_app;
  end if;
end
$$;

-- migrate:down
-- The role itself stays: it belongs to the server and other databases use it.
do $$
begin
  if exists (select from pg_catalog.pg_roles where rolname = 'niaga_app') then
    alter default privileges in schema ledger revoke select on tables from niaga_app;
    revoke select on all tables in schema ledger from niaga_app;
    revoke usage on schema ledger from niaga_app;
  end if;
end
$$;
