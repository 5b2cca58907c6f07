-- Opens an account and returns its id; again with the same terms is a no-op, with others it is refused.
--   p_floor     what its available balance never falls below, in minor units; null: any depth
--   p_debit_normal  debits raise it: cash, bank, gateway, receivables
--   p_personal  its name holds something a person chose; the first part of the name is then reserved for such
--   p_striped   keep the balance in many rows, for accounts without a floor that everybody posts to (default
--               for those); their running balances are computed when read
create or replace function ledger.open_account(
  p_name text, p_unit text, p_floor bigint default 0, p_debit_normal boolean default false,
  p_personal boolean default false, p_striped boolean default null) returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  v_striped constant boolean := p_floor is null and coalesce(p_striped, not p_personal);
  v_normal constant smallint := case when p_debit_normal then -1 else 1 end;
  v_family constant text := substring(p_name from '^[a-z0-9_]+');
  v_id bigint;
begin
  if v_family is null then
    perform ledger.refuse('ledger_account_name_invalid', format('%L cannot be the name of an account', p_name),
      jsonb_build_object('name', p_name));
  end if;
  if not exists (select from ledger.unit u where u.code = p_unit) then
    perform ledger.refuse('ledger_unit_unknown', format('there is no unit %s', p_unit),
      jsonb_build_object('unit', p_unit));
  end if;
  insert into ledger.family (name, personal) values (v_family, p_personal) on conflict (name) do nothing;
  if (select f.personal from ledger.family f where f.name = v_family) is distinct from p_personal then
    perform ledger.refuse('ledger_account_name_invalid',
      format('names that begin with %s belong to %s', v_family, case when p_personal then 'the system' else 'people' end),
      jsonb_build_object('name', p_name));
  end if;
  insert into ledger.account (name, personal, unit, normal, floor, striped)
  values (p_name, p_personal, p_unit, v_normal, p_floor, v_striped)
  on conflict (name) do nothing
  returning id into v_id;
  if v_id is not null then
    if v_striped then
      insert into ledger.stripe (account, stripe) select v_id, n from generate_series(0, 31) n;
    end if;
    return v_id;
  end if;
  select a.id into v_id from ledger.account a
  where a.name = p_name and (a.unit, a.normal, a.personal) = (p_unit, v_normal, p_personal);
  if v_id is null then
    perform ledger.refuse('ledger_account_conflict', format('account %s is already open on other terms', p_name),
      jsonb_build_object('account', p_name));
  end if;
  return v_id;
end
$$;
