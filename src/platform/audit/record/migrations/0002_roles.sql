-- Who may do what at run time: the relay writes and reads, reports read. Neither may anonymise by itself: the function
-- is granted to the writer, which runs it for an erasure.
-- niaga:require functions/audit_row_hash.sql
-- niaga:require functions/audit_anonymize.sql
-- niaga:accept hidden because it makes roles where they are missing and grants to them, and touches no table

-- migrate:up
do $$
declare
  v_role text;
begin
  foreach v_role in array array['audit_writer', 'audit_reader'] loop
    begin
      if not exists (select from pg_roles where rolname = v_role) then
        execute format('create role %I nologin', v_role);
      end if;
    exception
      -- Roles belong to the server: another database's migration may be making it right now.
      when duplicate_object or unique_violation then null;
      when insufficient_privilege then
        raise notice 'role % is missing and may not be created here: whoever connects is the owner', v_role;
    end;
  end loop;
  revoke execute on function audit_anonymize(bigint, bigint) from public;
  if exists (select from pg_roles where rolname = 'audit_writer') then
    grant select, insert on audit_logs to audit_writer;
    grant usage on sequence audit_logs_id_seq to audit_writer;
    grant execute on function audit_anonymize(bigint, bigint) to audit_writer;
  end if;
  if exists (select from pg_roles where rolname = 'audit_reader') then
    grant select on audit_logs to audit_reader;
  end if;
end
$$;

-- migrate:down
-- The roles stay: they belong to the server and other databases may use them.
do $$
declare
  v_role text;
begin
  foreach v_role in array array['audit_writer', 'audit_reader'] loop
    if exists (select from pg_roles where rolname = v_role) then
      execute format('revoke all on audit_logs from %I', v_role);
      execute format('revoke all on sequence audit_logs_id_seq from %I', v_role);
    end if;
  end loop;
end
$$;
DROP FUNCTION audit_anonymize(bigint, bigint);
