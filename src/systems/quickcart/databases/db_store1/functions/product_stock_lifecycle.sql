-- Trigger function: available → reserved → sold, available → sold, reserved → available, available → removed.
-- Sold and removed are final, and a reserved good never goes from one order straight to another.
-- niaga:require functions/refuse_transition.sql
create or replace function public.product_stock_lifecycle() returns trigger
language plpgsql set search_path = '' as $$
declare
  v_from text := case when old.removed_at is not null then 'removed' when old.is_sold then 'sold'
    when old.order_id is not null then 'reserved' else 'available' end;
  v_to text := case when new.removed_at is not null then 'removed' when new.is_sold then 'sold'
    when new.order_id is not null then 'reserved' else 'available' end;
begin
  if v_from in ('sold', 'removed')
    or (v_from = 'reserved' and (v_to not in ('sold', 'available')
      or (v_to = 'sold' and new.order_id is distinct from old.order_id))) then
    perform public.refuse_transition('product_stocks', old.id::text, v_from, v_to);
  end if;
  return new;
end
$$;
