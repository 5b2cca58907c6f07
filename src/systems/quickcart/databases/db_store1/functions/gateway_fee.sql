-- The gateway's fee on a base of whole rupiah, by integer arithmetic alone. The tariff is a list of
-- {up_to, per_mille, fixed, rounding: floor|half_up|ceil}: the first row whose up_to (included; null: no end)
-- covers the base counts. Nothing to pay costs nothing.
create or replace function public.gateway_fee(p_base numeric, p_tariff jsonb) returns numeric
language plpgsql immutable set search_path = '' as $$
declare
  v_base bigint := p_base;
  v_row jsonb;
  v_thousandths bigint;
begin
  if v_base = 0 then
    return 0.00;
  end if;
  select r.value into v_row from jsonb_array_elements(p_tariff) r
    where r.value ->> 'up_to' is null or v_base <= (r.value ->> 'up_to')::bigint
    order by (r.value ->> 'up_to')::bigint nulls last limit 1;
  if v_row is null then
    raise exception 'the gateway tariff has no row for %', v_base;
  end if;
  v_thousandths := v_base * (v_row ->> 'per_mille')::bigint + case v_row ->> 'rounding'
    when 'ceil' then 999 when 'half_up' then 500 else 0 end;
  return (v_thousandths / 1000 + (v_row ->> 'fixed')::bigint)::numeric(15,2);
end
$$;
