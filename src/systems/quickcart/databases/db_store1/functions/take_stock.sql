-- Gives an order its goods, oldest first, and its items with the prices of the quoted lines. Goods that others are
-- just taking are skipped, not waited for: no two orders can wait for each other, and none takes what is gone.
-- Refuses with out_of_stock {product_id, requested, available}; worth another try where enough is available,
-- since the other order may yet fail.
create or replace function public.take_stock(p_order_id integer, p_lines jsonb, p_sold boolean) returns void
language plpgsql set search_path = '' as $$
declare
  v_short record;
begin
  with wanted as materialized (
    select l.product_id, l.quantity, l.price_per_unit
    from jsonb_to_recordset(p_lines) as l (product_id integer, quantity bigint, price_per_unit numeric)
  ), picked as materialized (
    select s.id, w.price_per_unit from wanted w cross join lateral (
      select ps.id from public.product_stocks ps
      where ps.product_id = w.product_id and ps.is_sold = false and ps.order_id is null and ps.removed_at is null
      order by ps.created_at, ps.id limit w.quantity for update skip locked) s
  ), taken as (
    update public.product_stocks ps set order_id = p_order_id, is_sold = p_sold
    from picked where ps.id = picked.id
    returning ps.id, ps.product_id, picked.price_per_unit
  ), items as (
    insert into public.order_items (order_id, product_id, stock_id, price_per_unit)
    select p_order_id, t.product_id, t.id, t.price_per_unit from taken t
    returning product_id
  )
  select w.product_id, w.quantity into v_short
  from wanted w left join items i on i.product_id = w.product_id
  group by w.product_id, w.quantity having count(i.product_id) < w.quantity
  order by w.product_id limit 1;
  if found then
    perform public.refuse_out_of_stock(v_short.product_id, v_short.quantity);
  end if;
end
$$;
