-- A role that reads for reports (UserState, section 9).
-- niaga:require functions/grant_reports.sql

-- migrate:up
select grant_reports();

-- migrate:down
-- The role stays: it belongs to the server.
do $$
begin
  if exists (select from pg_roles where rolname = 'userstate_ro') then
    revoke all on all tables in schema public from userstate_ro;
    revoke usage on schema public from userstate_ro;
  end if;
end
$$;
DROP FUNCTION grant_reports();
