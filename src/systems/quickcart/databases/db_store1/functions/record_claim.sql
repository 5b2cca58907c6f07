-- A warranty claim on one unit of a paid order (QuickCart, §7.3 /claim): p_item counts the order's units from 1, in
-- the order they were sold in. Claims lower a later refund. Answers the claim's id. Refuses with order_not_found,
-- order_not_paid and validation_failed {field, items}.
create or replace function public.record_claim(p_admin bigint, p_invoice text, p_item integer, p_note text)
returns bigint
language plpgsql set search_path = '' as $$
declare
  v_order public.orders;
  v_items integer[];
  v_id bigint;
begin
  select * into v_order from public.orders o where o.invoice_id = p_invoice for no key update;
  if not found then
    perform public.refuse('order_not_found', jsonb_build_object('invoice', p_invoice));
  end if;
  if v_order.status <> 'paid' then
    perform public.refuse('order_not_paid', jsonb_build_object('invoice', p_invoice));
  end if;
  v_items := array(select i.id from public.order_items i where i.order_id = v_order.id order by i.id);
  if p_item not between 1 and cardinality(v_items) then
    perform public.refuse('validation_failed', jsonb_build_object('field', 'item', 'items', cardinality(v_items)));
  end if;
  insert into public.warranty_claims (order_item_id, note, recorded_by, created_at)
    values (v_items[p_item], p_note, p_admin, niaga.now())
    returning id into v_id;
  return v_id;
end
$$;
