-- Tells the staff which products on sale are running out (QuickCart, 8 low_stock): each once a day, all new ones in one
-- message.
create or replace function public.watch_stock() returns void
language plpgsql set search_path = '' as $$
declare
  v_threshold constant integer := public.setting('low_stock_threshold');
  v_now constant timestamp := niaga.now() at time zone 'Asia/Jakarta';
  v_low jsonb;
begin
  select jsonb_object_agg(p.id, stock.available) into v_low
  from public.products p cross join lateral (
    select count(*) as available from (
      select from public.product_stocks s
      where s.product_id = p.id and s.is_sold = false and s.order_id is null and s.removed_at is null
      limit v_threshold + 1) s) stock
  where p.is_active and stock.available <= v_threshold
    and not exists (select from public.telegram_outbox told
      where told.ref_type = 'low_stock' and told.ref_id = to_char(v_now, 'YYYY-MM-DD')
        and told.payload -> 'products' ? p.id::text);
  if v_low is not null then
    perform public.notify_staff('staff_low_stock', 'low_stock', to_char(v_now, 'YYYY-MM-DD'),
      jsonb_build_object('about', to_char(v_now, 'HH24:MI'), 'products', v_low));
  end if;
end
$$;
