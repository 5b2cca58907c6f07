-- On a projected table: when the key of a row changes, its account changes its name with it (a renamed user, an
-- erased person); a row whose account is not empty cannot be deleted.
create or replace function ledger.projection_moved() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  p ledger.projection;
  v_name text;
begin
  select * into p from ledger.projection where id = tg_argv[0]::integer;
  v_name := ledger.account_name(p.pattern, to_jsonb(old) ->> p.key_column);
  if tg_op = 'UPDATE' then
    update ledger.account a
    set name = ledger.account_name(p.pattern, to_jsonb(new) ->> p.key_column),
      projection_key = to_jsonb(new) ->> p.key_column
    where a.name = v_name and a.projected_by = p.pattern;
  elsif exists (select from ledger.account a where a.name = v_name and (a.balance <> 0 or a.held <> 0)) then
    perform ledger.refuse('ledger_projection_in_use', format('account %s is not empty', v_name),
      jsonb_build_object('account', v_name));
  end if;
  return null;
end
$$;
