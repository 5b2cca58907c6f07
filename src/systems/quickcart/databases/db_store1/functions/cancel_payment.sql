-- A pending order or deposit is given up (QuickCart, UC 10). p_by: owner | admin | ban. The owner is told in any case:
-- over HTTP they asked outside the chat that still shows the QR. Refuses with order_already_paid, order_not_pending, deposit_not_pending
-- {invoice, order_status or deposit_status}.
create or replace function public.cancel_payment(p_invoice text, p_by text) returns void
language plpgsql set search_path = '' as $$
declare
  v_open boolean;
  v_payment public.payments;
  v_ref_type text;
  v_status text;
begin
  select l.is_open into v_open from public.lock_payment(p_invoice) l;
  select * into v_payment from public.payments p where p.invoice_id = p_invoice;
  v_ref_type := case when v_payment.order_id is null then 'deposit' else 'order' end;
  if not v_open then
    v_status := coalesce(
      (select o.status from public.orders o where o.id = v_payment.order_id),
      (select d.status from public.deposits d where d.id = v_payment.deposit_id));
    perform public.refuse(
      case when v_ref_type = 'order' and v_status = 'paid' then 'order_already_paid'
        else v_ref_type || '_not_pending' end,
      jsonb_build_object('invoice', p_invoice, v_ref_type || '_status', v_status));
  end if;
  perform public.close_payment(p_invoice, 'cancelled', 'cancelled');
  perform public.notify_user(v_payment.user_id, 'payment_cancelled', v_ref_type, p_invoice);
end
$$;
