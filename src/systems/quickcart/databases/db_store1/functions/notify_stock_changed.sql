-- Trigger function: tells every process whose cached count is stale now. One notifier at a time for each product
-- is enough: a commit that notifies holds a lock over the whole server while it flushes, and orders would queue
-- one behind the other. Whoever listens therefore drops the count a second time a little later, when those that
-- found a notifier at work have committed too.
create or replace function public.notify_stock_changed() returns trigger
language plpgsql set search_path = '' as $$
begin
  if tg_op <> 'INSERT' then
    perform public.announce_stock(old.product_id);
  end if;
  if tg_op = 'INSERT' or (tg_op = 'UPDATE' and new.product_id <> old.product_id) then
    perform public.announce_stock(new.product_id);
  end if;
  return null;
end
$$;

create or replace function public.announce_stock(p_product integer) returns void
language plpgsql set search_path = '' as $$
begin
  if pg_try_advisory_xact_lock(hashtextextended('stock_changed ' || p_product, 0)) then
    perform pg_notify('stock_changed', p_product::text);
  end if;
end
$$;
