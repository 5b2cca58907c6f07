-- The gateway could not or would not make the payment (QuickCart, UC 5): p_error is the code, gateway_unavailable or
-- gateway_fee_mismatch. Answers failed, or already where it is no longer being created.
create or replace function public.fail_payment(p_invoice text, p_error text) returns text
language plpgsql set search_path = '' as $$
declare
  v_payment public.payments;
  v_ref_type text;
begin
  perform public.lock_payment(p_invoice);
  select * into v_payment from public.payments p where p.invoice_id = p_invoice;
  if v_payment.status <> 'creating' then
    return 'already';
  end if;
  perform public.close_payment(p_invoice, 'failed', 'cancelled', p_error);
  v_ref_type := case when v_payment.order_id is null then 'deposit' else 'order' end;
  perform public.notify_user(v_payment.user_id, 'payment_failed', v_ref_type, p_invoice);
  perform public.notify_staff('staff_payment_failed', v_ref_type, p_invoice, jsonb_build_object('error', p_error));
  perform audit.emit('payment_failed', 'payments', v_payment.id::text, v_payment.user_id,
    jsonb_build_object('invoice_id', p_invoice, 'error', p_error));
  return 'failed';
end
$$;
