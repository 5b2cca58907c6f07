-- niaga:require functions/refuse.sql
-- What was posted stays: not even the owner changes or removes it.
create or replace function ledger.append_only() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform ledger.refuse('ledger_append_only', format('%s on ledger.%s is not possible', tg_op, tg_table_name),
    jsonb_build_object('table', tg_table_name, 'operation', tg_op));
  return null;
end
$$;
