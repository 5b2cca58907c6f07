-- Trigger function: an item joins a pending order and then stays as it is, but for its release. Two exceptions
-- that are none: history is imported with its order, and a renumbered product takes its items along.
create or replace function public.guard_order_item() returns trigger
language plpgsql set search_path = '' as $$
declare
  v_status text;
begin
  if tg_op = 'INSERT' then
    select o.status into v_status from public.orders o where o.id = new.order_id;
    if v_status <> 'pending' and new.order_id::text <> all (
        string_to_array(coalesce(current_setting('quickcart.imported_orders', true), ''), ',')) then
      raise exception using errcode = '23514', constraint = 'order_not_pending',
        message = format('order %s is %s: it takes no more items', new.order_id, v_status),
        detail = jsonb_build_object('order_id', new.order_id, 'order_status', v_status);
    end if;
  elsif (old.id, old.order_id, old.stock_id, old.price_per_unit)
      is distinct from (new.id, new.order_id, new.stock_id, new.price_per_unit)
    or (old.released_at is not null and new.released_at is distinct from old.released_at)
    or (old.product_id <> new.product_id
      and exists (select from public.products p where p.id = old.product_id)) then
    raise exception using errcode = '23514', constraint = 'immutable_column',
      message = format('order item %s: only its release can be noted', old.id),
      detail = jsonb_build_object('table', 'order_items', 'id', old.id::text);
  end if;
  return new;
end
$$;
