-- The gateway says that the money came (QuickCart, UC 8). Safe to call any number of times, in any order, from
-- webhook, poll, button and expiry at once. Answers:
--   settled          the order is paid, or the deposit credited, even where the deadline had passed
--   already          it was before
--   late             the order or deposit was final: the amount went to the person's balance (to suspense where
--                    they were erased), the fee was not given back
--   amount_mismatch  not our amount: no money moved, the staff is told
create or replace function public.settle_payment(p_invoice text, p_amount numeric, p_completed_at timestamptz)
returns text
language plpgsql set search_path = '' as $$
declare
  v_open boolean;
  v_payment public.payments;
begin
  select l.is_open into v_open from public.lock_payment(p_invoice) l;
  select * into v_payment from public.payments p where p.invoice_id = p_invoice;
  if v_payment.status in ('completed', 'late_completed') then
    return 'already';
  end if;
  if p_amount <> v_payment.amount then
    update public.payments p set last_error = 'payment_amount_mismatch', last_checked_at = niaga.now()
      where p.id = v_payment.id;
    perform public.notify_staff('staff_amount_mismatch',
      case when v_payment.order_id is null then 'deposit' else 'order' end, p_invoice,
      jsonb_build_object('amount', p_amount::text));
    return 'amount_mismatch';
  end if;
  if not v_open then
    perform public.credit_late_payment(p_invoice, p_completed_at);
    return 'late';
  end if;
  update public.payments p set status = 'completed', qr_string = null, last_error = null,
      settled_as = case when p.order_id is null then 'deposit' else 'order' end,
      completed_at = coalesce(p_completed_at, niaga.now()), last_checked_at = niaga.now()
    where p.id = v_payment.id;
  if v_payment.order_id is not null then
    perform public.finish_order(v_payment.order_id);
  else
    perform public.finish_deposit(v_payment.deposit_id);
  end if;
  return 'settled';
end
$$;

create or replace function public.finish_deposit(p_deposit_id bigint) returns void
language plpgsql set search_path = '' as $$
declare
  v_deposit public.deposits;
  v_payment_id bigint;
begin
  update public.deposits d set status = 'paid' where d.id = p_deposit_id returning * into strict v_deposit;
  select p.id into v_payment_id from public.payments p where p.deposit_id = p_deposit_id;
  perform public.post_transfers('deposit:' || v_deposit.invoice_id,
    array['gateway.pakasir', 'gateway.pakasir'], array['user.' || v_deposit.user_id, 'gateway.fees'],
    array[v_deposit.amount, v_deposit.payment_fee]);
  perform public.notify_user(v_deposit.user_id, 'deposit_paid', 'deposit', v_deposit.invoice_id);
  perform public.notify_staff('staff_deposit_paid', 'deposit', v_deposit.invoice_id);
  perform audit.emit('payment_completed', 'payments', v_payment_id::text, v_deposit.user_id,
    jsonb_build_object('invoice_id', v_deposit.invoice_id, 'method', 'qris', 'amount', v_deposit.total_bill::text));
end
$$;

-- Money for something that is no longer sold: it belongs to the person who sent it.
create or replace function public.credit_late_payment(p_invoice text, p_completed_at timestamptz) returns void
language plpgsql set search_path = '' as $$
declare
  v_payment public.payments;
  v_ref_type text;
  v_erased boolean;
begin
  update public.payments p set status = 'late_completed', settled_as = 'late_credit', last_error = null,
      completed_at = coalesce(p_completed_at, niaga.now()), last_checked_at = niaga.now()
    where p.invoice_id = p_invoice returning * into strict v_payment;
  select u.erased_at is not null into v_erased from public.users u where u.id = v_payment.user_id;
  v_ref_type := case when v_payment.order_id is null then 'deposit' else 'order' end;
  perform public.post_transfers('late:' || p_invoice,
    array['gateway.pakasir', 'gateway.pakasir'],
    array[case when v_erased then 'suspense' else 'user.' || v_payment.user_id end, 'gateway.fees'],
    array[v_payment.amount, v_payment.fee]);
  if not v_erased then
    perform public.notify_user(v_payment.user_id, 'late_credit', v_ref_type, p_invoice);
  end if;
  perform public.notify_staff('staff_payment_late', v_ref_type, p_invoice);
  perform audit.emit('payment_late', 'payments', v_payment.id::text, v_payment.user_id,
    jsonb_build_object('invoice_id', p_invoice, 'amount', v_payment.amount::text, 'fee', v_payment.fee::text));
end
$$;
