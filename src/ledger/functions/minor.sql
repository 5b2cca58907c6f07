-- numeric(15,2) -> minor units: ledger.minor(30520.00, 'IDR') = 3052000. Never rounds: an amount with more
-- digits than the unit keeps is refused.
create or replace function ledger.minor(p_amount numeric, p_unit text) returns bigint
language plpgsql stable set search_path = '' as $$
declare
  v_minor numeric;
begin
  select p_amount * pg_catalog.power(10::numeric, u.scale) into v_minor from ledger.unit u where u.code = p_unit;
  if not found then
    perform ledger.refuse('ledger_unit_unknown', format('there is no unit %s', p_unit),
      jsonb_build_object('unit', p_unit));
  end if;
  if v_minor <> pg_catalog.trunc(v_minor) then
    perform ledger.refuse('ledger_amount_invalid', format('%s has too many digits for %s', p_amount, p_unit),
      jsonb_build_object('amount', p_amount::text));
  end if;
  return v_minor::bigint;
end
$$;

-- Minor units -> the documented numeric: ledger.decimal(3052000, 'IDR') = 30520.00.
create or replace function ledger.decimal(p_minor bigint, p_unit text) returns numeric
language sql stable set search_path = '' as $$
  select pg_catalog.round(p_minor / pg_catalog.power(10::numeric, u.scale), u.scale)
  from ledger.unit u where u.code = p_unit
$$;
