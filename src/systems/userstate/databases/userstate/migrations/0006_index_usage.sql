-- The printed index-usage query names columns that the catalog view does not have: this view has them, and the
-- database's search path finds it first. Safe because nobody but the owner may create anything in public.
-- niaga:accept hidden because it sets the search path of this database, whatever it is called

-- migrate:up
revoke create on schema public from public;
create view public.pg_stat_user_indexes as
select s.*, s.relname as tablename, s.indexrelname as indexname from pg_catalog.pg_stat_user_indexes s;
do $$
begin
  execute format('alter database %I set search_path = public, pg_catalog', current_database());
end
$$;

-- migrate:down
do $$
begin
  execute format('alter database %I reset search_path', current_database());
end
$$;
drop view public.pg_stat_user_indexes;
