-- Takes one good (p_stock) or all available ones of a product off sale, for good: deleted where it was never in an
-- order, otherwise blanked. Answers how many. Refuses with stock_not_found, and stock_not_available where the good is
-- reserved, sold or removed.
create or replace function public.remove_stock(p_product integer, p_stock uuid default null) returns integer
language plpgsql set search_path = '' as $$
declare
  v_ids uuid[];
  v_known boolean;
begin
  select array_agg(s.id) into v_ids from (
    select ps.id from public.product_stocks ps
    where ps.product_id = p_product and (p_stock is null or ps.id = p_stock)
      and ps.is_sold = false and ps.order_id is null and ps.removed_at is null
    order by ps.created_at, ps.id for update) s;
  if p_stock is not null and v_ids is null then
    v_known := exists (select from public.product_stocks ps where ps.product_id = p_product and ps.id = p_stock);
    perform public.refuse(case when v_known then 'stock_not_available' else 'stock_not_found' end,
      jsonb_build_object('product_id', p_product, 'stock_id', p_stock));
  end if;
  update public.product_stocks ps set content = '', removed_at = niaga.now()
    where ps.id = any(v_ids) and exists (select from public.order_items i where i.stock_id = ps.id);
  delete from public.product_stocks ps
    where ps.id = any(v_ids) and not exists (select from public.order_items i where i.stock_id = ps.id);
  return coalesce(cardinality(v_ids), 0);
end
$$;
