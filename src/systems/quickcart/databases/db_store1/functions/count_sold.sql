-- Deferred constraint trigger: at the commit that makes an order paid, its units are added to its products' counts.
-- That late, because everybody who buys the same product waits for this row: so they wait for a flush to disk,
-- and not for the buyer's connection as well. By product id, so that two orders never wait for each other.
create or replace function public.count_sold() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform from public.products p
    where p.id in (select i.product_id from public.order_items i where i.order_id = new.id)
    order by p.id for no key update;
  update public.products p set sold_count = p.sold_count + sold.units
    from (select i.product_id, count(*) as units from public.order_items i
      where i.order_id = new.id group by i.product_id) sold
    where p.id = sold.product_id;
  return null;
end
$$;
