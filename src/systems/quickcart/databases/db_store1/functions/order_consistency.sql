-- Deferred constraint trigger, its argument is the column that names the order: at commit, an order's subtotal is
-- the sum of its items, released ones included. Without items an order may exist only unpaid.
create or replace function public.order_consistency() returns trigger
language plpgsql set search_path = '' as $$
declare
  v_order_id integer;
  v_order record;
  v_items bigint;
  v_sum numeric;
begin
  v_order_id := case when tg_op = 'DELETE' then to_jsonb(old) else to_jsonb(new) end ->> tg_argv[0];
  select * into v_order from public.orders o where o.id = v_order_id;
  if not found then
    return null;
  end if;
  select count(*), coalesce(sum(i.price_per_unit), 0) into v_items, v_sum
    from public.order_items i where i.order_id = v_order_id;
  if (v_items > 0 and v_sum <> v_order.subtotal) or (v_items = 0 and v_order.status = 'paid') then
    raise exception using
      errcode = '23514',
      constraint = 'order_total_mismatch',
      message = format('order %s: subtotal is %s, its %s items sum to %s',
        v_order.invoice_id, v_order.subtotal, v_items, v_sum),
      detail = jsonb_build_object('invoice_id', v_order.invoice_id, 'subtotal', v_order.subtotal::text,
        'items', v_items, 'sum', v_sum::text);
  end if;
  return null;
end
$$;
