-- The ordered products, each once and by id, with the person's prices; see quote_order for shape and refusals.
create or replace function public.price_lines(p_user bigint, p_items jsonb) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_status text;
  v_ids integer[];
  v_lines jsonb;
  v_units bigint;
  v_problem jsonb;
begin
  select u.member_status into v_status from public.users u where u.id = p_user;
  if not found then
    perform public.refuse('user_not_found');
  end if;

  -- Named to the planner, so that it prices these products and not the whole catalog.
  select array_agg(i.product_id) into v_ids from jsonb_to_recordset(p_items) as i (product_id integer);
  with wanted as (
    select i.product_id, sum(i.quantity) as quantity, bool_and(i.quantity >= 1) as positive
    from jsonb_to_recordset(p_items) as i (product_id integer, quantity integer) group by i.product_id
  ), priced as (
    -- Counted no further than needed, and in the order of the index that holds nothing but available goods.
    select w.*, p.name, p.is_active, price.price, (
      select count(*) from (
        select from public.product_stocks s where s.product_id = w.product_id
          and s.is_sold = false and s.order_id is null and s.removed_at is null
        order by s.created_at, s.id limit greatest(w.quantity, 0)) s) as on_hand
    from wanted w
    left join public.products p on p.id = w.product_id
    left join public.product_prices(v_status) price on price.product_id = w.product_id
      and price.product_id = any (v_ids)
  )
  select sum(l.quantity),
    jsonb_agg(jsonb_build_object('product_id', l.product_id, 'product_name', l.name, 'quantity', l.quantity,
      'price_per_unit', l.price::text, 'line_total', (l.price * l.quantity)::numeric(15,2)::text)
      order by l.product_id),
    -- The first line that stops the order, and why.
    jsonb_agg(jsonb_build_object('product_id', l.product_id, 'requested', l.quantity, 'code', case
        when l.positive is not true then 'validation_failed'
        when l.name is null then 'product_not_found'
        when not l.is_active then 'product_inactive'
        else 'out_of_stock' end) order by l.product_id)
      filter (where l.positive is not true or l.is_active is not true or l.on_hand < l.quantity) -> 0
  into v_units, v_lines, v_problem
  from priced l;

  if v_lines is null or jsonb_array_length(v_lines) > 10
    or v_units > public.setting('max_units_per_order')::integer then
    perform public.refuse('validation_failed',
      jsonb_build_object('field', 'items', 'max_products', 10, 'max_units', public.setting('max_units_per_order')));
  end if;
  if v_problem ->> 'code' = 'out_of_stock' then
    perform public.refuse_out_of_stock((v_problem ->> 'product_id')::integer, (v_problem ->> 'requested')::bigint);
  elsif v_problem is not null then
    perform public.refuse(v_problem ->> 'code', v_problem - 'code' - 'requested');
  end if;
  return v_lines;
end
$$;

-- Raises out_of_stock with what is there to sell; goods that another order is just taking still count.
create or replace function public.refuse_out_of_stock(p_product integer, p_requested bigint) returns void
language plpgsql stable set search_path = '' as $$
begin
  perform public.refuse('out_of_stock', jsonb_build_object('product_id', p_product, 'requested', p_requested,
    'available', (select count(*) from public.product_stocks s where s.product_id = p_product
      and s.is_sold = false and s.order_id is null and s.removed_at is null)));
end
$$;
