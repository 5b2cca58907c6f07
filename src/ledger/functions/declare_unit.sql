-- Adds a unit; again with the same scale is a no-op. A unit in which no account is open yet takes the scale given:
-- rupiah are kept with two digits where nobody says otherwise.
create or replace function ledger.declare_unit(p_code text, p_scale integer) returns void
language plpgsql security definer set search_path = '' as $$
begin
  insert into ledger.unit (code, scale) values (p_code, p_scale) on conflict (code) do nothing;
  update ledger.unit u set scale = p_scale
  where u.code = p_code and u.scale <> p_scale and not exists (select from ledger.account a where a.unit = p_code);
  if (select u.scale from ledger.unit u where u.code = p_code) <> p_scale then
    perform ledger.refuse('ledger_account_conflict', format('unit %s has another scale', p_code),
      jsonb_build_object('unit', p_code));
  end if;
end
$$;
