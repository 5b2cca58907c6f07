-- Trigger function for settled rows (the triggers' WHEN clauses say which): they stay for 7 years after the last
-- change. Items and sold goods are as old as the order they belong to. TRUNCATE looks at no row and is always refused.
create or replace function public.retain_financial_record() returns trigger
language plpgsql set search_path = '' as $$
declare
  v_since timestamptz;
begin
  if tg_op = 'TRUNCATE' then
    raise exception using
      errcode = 'NGQ02',
      constraint = 'financial_record_retained',
      message = format('%s holds records that are kept', tg_table_name),
      detail = jsonb_build_object('table', tg_table_name);
  end if;
  if tg_table_name in ('order_items', 'product_stocks') then
    select o.updated_at into v_since from public.orders o
      where o.id = old.order_id and (o.status = 'paid' or tg_table_name = 'product_stocks');
  else
    v_since := old.updated_at;
  end if;
  if v_since + interval '7 years' > niaga.now() then
    raise exception using
      errcode = 'NGQ02',
      constraint = 'financial_record_retained',
      message = format('%s %s is kept until %s', tg_table_name, old.id, v_since + interval '7 years'),
      detail = jsonb_build_object('table', tg_table_name, 'id', old.id::text);
  end if;
  return old;
end
$$;
