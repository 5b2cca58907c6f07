-- What one unit costs this kind of member (QuickCart, 2: Pricing), in rupiah. p_kind and p_value: the discount that
-- applies, the product's own before its category's; null for none.
-- One expression, so that the planner can inline it.
create or replace function public.unit_price(
  p_customer_price numeric, p_reseller_price numeric, p_member_status text, p_kind text, p_value numeric)
returns numeric
language sql immutable parallel safe as $$
  select least(
    case p_kind
      when 'percent' then floor(p_customer_price * (100 - p_value) / 100)
      when 'nominal' then greatest(p_customer_price - p_value, 0)
      else p_customer_price end,
    -- LEAST passes over null: a customer's, or that of a product without a price list for resellers.
    case when p_member_status in ('reseller', 'admin') then p_reseller_price end)::numeric(15,2)
$$;

-- Every product with its price for this kind of member. Inlined into the caller's query, so that only the asked
-- products are priced.
create or replace function public.product_prices(p_member_status text)
returns table (product_id integer, price numeric)
language sql stable parallel safe as $$
  select p.id, public.unit_price(p.customer_price, p.reseller_price, p_member_status,
    coalesce(own.kind, category.kind), coalesce(own.value, category.value))
  from public.products p
  left join public.price_discounts own
    on own.product_id = p.id and own.scope = 'product' and own.is_active
  left join public.price_discounts category
    on category.category = p.category and category.scope = 'category' and category.is_active
$$;
