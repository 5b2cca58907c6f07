-- The deadline has passed and the gateway knows of no money (QuickCart, UC 9). Answers expired, already (it is
-- closed or settled) or not_due (the deadline is still to come).
create or replace function public.expire_payment(p_invoice text) returns text
language plpgsql set search_path = '' as $$
declare
  v_open boolean;
  v_payment public.payments;
  v_ref_type text;
begin
  select l.is_open into v_open from public.lock_payment(p_invoice) l;
  if not v_open then
    return 'already';
  end if;
  select * into v_payment from public.payments p where p.invoice_id = p_invoice;
  if niaga.now() < v_payment.expires_at then
    return 'not_due';
  end if;
  perform public.close_payment(p_invoice, 'expired', 'expired');
  v_ref_type := case when v_payment.order_id is null then 'deposit' else 'order' end;
  perform public.notify_user(v_payment.user_id, 'payment_expired', v_ref_type, p_invoice);
  perform public.notify_staff('staff_payment_expired', v_ref_type, p_invoice);
  return 'expired';
end
$$;
