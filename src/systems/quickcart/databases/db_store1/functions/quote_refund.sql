-- What a refund of this order would be now (QuickCart, UC 14), by the setting refund_formula: {days, multipliers: [in
-- the first week, later, after 1-2 claims, after 3, after more]}.
-- Refuses with order_not_found (also somebody else's), refund_exists {invoice, refund_status}, refund_not_eligible {invoice,
-- days_used}: not paid, nothing paid, or too long ago.
create or replace function public.quote_refund(
  p_user bigint, p_invoice text, out order_id integer, out base_amount numeric, out days_used integer,
  out claims_count integer, out multiplier numeric, out amount numeric, out formula jsonb)
language plpgsql stable set search_path = '' as $$
declare
  v_order public.orders;
  v_live text;
begin
  select * into v_order from public.orders o where o.invoice_id = p_invoice and o.user_id = p_user;
  if not found then
    perform public.refuse('order_not_found', jsonb_build_object('invoice', p_invoice));
  end if;
  select r.status into v_live from public.refunds r where r.order_id = v_order.id and r.status <> 'rejected';
  if found then
    perform public.refuse('refund_exists', jsonb_build_object('invoice', p_invoice, 'refund_status', v_live));
  end if;
  order_id := v_order.id;
  base_amount := v_order.subtotal - v_order.voucher_discount;
  formula := public.setting('refund_formula');
  days_used := public.days_since_paid(v_order);
  select count(*) into claims_count from public.warranty_claims c
    join public.order_items i on i.id = c.order_item_id where i.order_id = v_order.id;
  select t.multiplier, t.amount into multiplier, amount
    from public.refund_terms(base_amount, days_used, claims_count, formula) t;
  if v_order.status <> 'paid' or amount <= 0 then
    perform public.refuse('refund_not_eligible', jsonb_build_object('invoice', p_invoice, 'days_used', days_used));
  end if;
end
$$;

-- The formula itself: whole rupiah, always in the shop's favour by less than one.
create or replace function public.refund_terms(
  p_base numeric, p_days_used integer, p_claims integer, p_formula jsonb,
  out multiplier numeric, out amount numeric)
language plpgsql immutable set search_path = '' as $$
declare
  v_days constant integer := p_formula -> 'days';
begin
  -- As exact as the column that keeps it, so that the stored figures explain the stored amount.
  multiplier := (p_formula -> 'multipliers' ->> case
    when p_claims > 3 then 4 when p_claims = 3 then 3 when p_claims > 0 then 2
    when p_days_used < 7 then 0 else 1 end)::numeric(4,2);
  amount := floor(p_base * greatest(v_days - p_days_used, 0) * multiplier / v_days);
end
$$;

-- Whole days since the order's money was booked. History that was imported has no booking: its last change counts.
create or replace function public.days_since_paid(p_order public.orders) returns integer
language plpgsql stable set search_path = '' as $$
begin
  return greatest(0, floor(extract(epoch from niaga.now() - coalesce(
    (select t.posted_at from ledger.transfer t where t.id = ledger.id_of('order:' || p_order.invoice_id)),
    p_order.updated_at)) / 86400));
end
$$;
