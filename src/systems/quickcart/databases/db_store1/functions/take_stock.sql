-- Gives an order its goods, oldest first, and its items with the prices of the quoted lines. Goods that others are
-- just taking are skipped, not waited for: no two orders can wait for each other, and none takes what is gone.
-- Refuses with out_of_stock {product_id, requested, available}; worth another try where enough is available,
-- since the other order may yet fail.
create or replace function public.take_stock(p_order_id integer, p_lines jsonb, p_sold boolean) returns void
language plpgsql set search_path = '' as $$
declare
  v_ids uuid[];
  v_short record;
begin
  -- A statement of its own: joined to the update, the planner would expect thousands of ids and read every good.
  select array_agg(s.id) into v_ids
  from jsonb_to_recordset(p_lines) as w (product_id integer, quantity bigint) cross join lateral (
    select ps.id from public.product_stocks ps
    where ps.product_id = w.product_id and ps.is_sold = false and ps.order_id is null and ps.removed_at is null
    order by ps.created_at, ps.id limit w.quantity for update skip locked) s;

  with taken as (
    update public.product_stocks ps set order_id = p_order_id, is_sold = p_sold where ps.id = any(v_ids)
    returning ps.id, ps.product_id
  ), items as (
    insert into public.order_items (order_id, product_id, stock_id, price_per_unit)
    select p_order_id, t.product_id, t.id, l.price_per_unit
    from taken t join jsonb_to_recordset(p_lines) as l (product_id integer, price_per_unit numeric)
      on l.product_id = t.product_id
    returning product_id
  )
  select w.product_id, w.quantity into v_short
  from jsonb_to_recordset(p_lines) as w (product_id integer, quantity bigint)
  where w.quantity > (select count(*) from items i where i.product_id = w.product_id)
  order by w.product_id limit 1;
  if found then
    perform public.refuse_out_of_stock(v_short.product_id, v_short.quantity);
  end if;
end
$$;
