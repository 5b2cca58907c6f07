-- The gateway made the payment (QuickCart, UC 5): its figures are compared with ours before anybody sees the QR.
-- Answers:
--   awaiting      the QR may be shown, and is on its way to the chat; figures off by one rupiah were adopted
--   already       somebody was faster: the payment is awaiting or completed
--   closed        it was cancelled, expired or failed meanwhile: cancel it at the gateway
--   fee_mismatch  anything else than ±1: cancel it at the gateway, then fail_payment. Only the payment keeps what the
--                 gateway takes, for the case that somebody pays it all the same
create or replace function public.adopt_gateway_answer(
  p_invoice text, p_fee numeric, p_total numeric, p_qr text, p_checkout_url text, p_gateway_expires_at timestamptz)
returns text
language plpgsql set search_path = '' as $$
declare
  v_payment public.payments;
  -- What was agreed with the customer; the payment's own figures may be those of an answer that was refused before.
  v_fee numeric;
begin
  perform public.lock_payment(p_invoice);
  select * into v_payment from public.payments p where p.invoice_id = p_invoice;
  if v_payment.status <> 'creating' then
    return case when v_payment.status in ('awaiting', 'completed') then 'already' else 'closed' end;
  end if;
  select coalesce(
      (select o.payment_fee from public.orders o where o.id = v_payment.order_id),
      (select d.payment_fee from public.deposits d where d.id = v_payment.deposit_id)) into v_fee;
  if abs(p_fee - v_fee) not in (0, 1) or p_total <> v_payment.amount + p_fee then
    update public.payments p set fee = greatest(p_total - p.amount, 0),
      total_payment = p.amount + greatest(p_total - p.amount, 0) where p.id = v_payment.id;
    return 'fee_mismatch';
  end if;
  update public.payments p set status = 'awaiting', fee = p_fee, total_payment = p_total, qr_string = p_qr,
    checkout_url = p_checkout_url, gateway_expires_at = p_gateway_expires_at, last_error = null
    where p.id = v_payment.id;
  if p_fee <> v_fee then
    update public.orders o set payment_fee = p_fee, total_bill = p_total where o.id = v_payment.order_id;
    update public.deposits d set payment_fee = p_fee, total_bill = p_total where d.id = v_payment.deposit_id;
  end if;
  perform public.notify_user(v_payment.user_id, 'show_payment',
    case when v_payment.order_id is null then 'deposit' else 'order' end, p_invoice, 1);
  return 'awaiting';
end
$$;
