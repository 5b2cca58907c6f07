-- Adds a unit; again with the same scale is a no-op.
create or replace function ledger.declare_unit(p_code text, p_scale integer) returns void
language plpgsql security definer set search_path = '' as $$
begin
  insert into ledger.unit (code, scale) values (p_code, p_scale) on conflict (code) do nothing;
  if (select u.scale from ledger.unit u where u.code = p_code) <> p_scale then
    perform ledger.refuse('ledger_account_conflict', format('unit %s has another scale', p_code),
      jsonb_build_object('unit', p_code));
  end if;
end
$$;
