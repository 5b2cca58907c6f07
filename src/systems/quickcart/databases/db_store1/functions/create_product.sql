-- A new product; without an id it gets the smallest free one. Answers its id. Refuses with product_id_taken and
-- amount_not_whole.
create or replace function public.create_product(
  p_id integer, p_name text, p_category text, p_price numeric, p_description text) returns integer
language plpgsql set search_path = '' as $$
declare
  v_id integer := p_id;
begin
  if p_price <> trunc(p_price) then
    perform public.refuse('amount_not_whole', jsonb_build_object('amount', p_price::text));
  end if;
  if v_id is null then
    -- One at a time, or two would find the same gap.
    perform pg_advisory_xact_lock(hashtextextended('create_product', 0));
    select min(free.id) into v_id from (
      select 1 as id union all select p.id + 1 from public.products p) free
      where not exists (select from public.products p where p.id = free.id);
  end if;
  insert into public.products (id, name, category, customer_price, description, created_at, updated_at)
    values (v_id, p_name, coalesce(p_category, 'Uncategorized'), p_price, p_description, niaga.now(), niaga.now())
    on conflict (id) do nothing;
  if not found then
    perform public.refuse('product_id_taken', jsonb_build_object('product_id', v_id));
  end if;
  return v_id;
end
$$;
