-- Trigger function: tells every process whose cached count is stale now. Equal notices of one transaction are
-- sent once by PostgreSQL.
create or replace function public.notify_stock_changed() returns trigger
language plpgsql set search_path = '' as $$
begin
  if tg_op <> 'INSERT' then
    perform pg_notify('stock_changed', old.product_id::text);
  end if;
  if tg_op = 'INSERT' or (tg_op = 'UPDATE' and new.product_id <> old.product_id) then
    perform pg_notify('stock_changed', new.product_id::text);
  end if;
  return null;
end
$$;
