-- Opens the account behind one row of a projected table and brings it to the value that stands there.
create or replace function ledger.open_projected(p_projection integer, p_row jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  p ledger.projection;
  v_key text;
  v_value bigint;
  v_name text;
  v_reference text;
  v_now bigint;
begin
  select * into p from ledger.projection where id = p_projection;
  v_key := p_row ->> p.key_column;
  v_value := ledger.minor(coalesce(p_row ->> p.value_column, '0')::numeric, p.unit);
  v_name := ledger.account_name(p.pattern, v_key);
  v_reference := replace(p.opening_reference, '{key}', v_key);
  if v_value < 0 then
    perform ledger.refuse('ledger_opening_negative', format('%s cannot open below zero', v_name),
      jsonb_build_object('account', v_name));
  end if;
  perform ledger.open_account(v_name, p.unit, p.floor, p_personal => true, p_striped => false);
  update ledger.account a set projected_by = p.pattern, projection_key = v_key
  where a.name = v_name and a.projected_by is null;
  select case p.measure when 'balance' then b.balance when 'held' then b.held else b.balance - b.held end into v_now
  from ledger.account_balance b where b.name = v_name;
  if v_value = v_now then
    return;
  elsif p.opening is null or v_now <> 0 then
    perform ledger.refuse_projection(p, v_name);
  elsif p.measure = 'held' then
    perform ledger.hold(v_reference, v_name, p.opening, v_value, 'opening');
  else
    perform ledger.post(v_reference, p.opening, v_name, v_value, 'opening');
  end if;
end
$$;
