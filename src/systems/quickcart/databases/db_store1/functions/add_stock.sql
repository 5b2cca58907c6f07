-- Loads goods of a product, one text each, in the given order. Blank ones are skipped, and so is what the product
-- already has or ever sold: the same key is not sold twice unless p_allow_duplicates says so. A byte order mark at an
-- edge is of the file that a client read, not of the key.
-- Refuses with product_not_found.
create or replace function public.add_stock(
  p_product integer, p_contents text[], p_allow_duplicates boolean default false,
  out added integer, out duplicates integer)
language plpgsql set search_path = '' as $$
declare
  v_wanted integer;
begin
  if not exists (select from public.products p where p.id = p_product) then
    perform public.refuse('product_not_found', jsonb_build_object('product_id', p_product));
  end if;
  -- Two uploads of one file at once: the second waits and then finds only duplicates. Not by the product's row,
  -- which every sale needs.
  perform pg_advisory_xact_lock(hashtextextended('add_stock ' || p_product, 0));
  with given as (
    select btrim(c.content, E' \t\r\n\uFEFF') as content, c.line from unnest(p_contents) with ordinality c (content, line)
  ), kept as (
    select g.content, g.line,
      row_number() over (partition by g.content order by g.line) > 1
        or exists (select from public.product_stocks s where s.product_id = p_product and s.content = g.content)
        as duplicate
    from given g where g.content <> ''
  ), inserted as (
    insert into public.product_stocks (product_id, content, created_at, updated_at)
    -- A microsecond apart, so that they are sold in the order they were given.
    select p_product, k.content, niaga.now() + k.line * interval '1 microsecond', niaga.now()
    from kept k where p_allow_duplicates or not k.duplicate
    returning id
  )
  select (select count(*) from kept), (select count(*) from inserted) into v_wanted, added;
  duplicates := v_wanted - added;
end
$$;
