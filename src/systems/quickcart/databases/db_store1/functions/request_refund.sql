-- Asks for an order's money back (QuickCart, UC 14): the quote is kept with the formula it was computed by, whatever
-- is changed later. Answers the refund's id. Refuses with user_not_found, banned, and what quote_refund refuses.
create or replace function public.request_refund(p_user bigint, p_invoice text) returns bigint
language plpgsql set search_path = '' as $$
declare
  v_id bigint;
begin
  perform public.lock_customer(p_user);
  -- A claim that is just being recorded counts: it holds this lock too.
  perform from public.orders o where o.invoice_id = p_invoice and o.user_id = p_user for no key update;
  insert into public.refunds (order_id, user_id, base_amount, days_used, claims_count, multiplier, amount, formula,
      created_at, updated_at)
    select q.order_id, p_user, q.base_amount, q.days_used, q.claims_count, q.multiplier, q.amount, q.formula,
      niaga.now(), niaga.now()
    from public.quote_refund(p_user, p_invoice) q
    returning id into strict v_id;
  perform public.notify_staff('staff_refund_requested', 'refund', v_id::text);
  return v_id;
end
$$;
