-- A payment is paid (UserState, 4: M5, M7): what was held, or came to the gateway, reaches the payee, the platform makes up
-- for the voucher and takes its commission. `p` is locked and pending.
-- niaga:require functions/refuse.sql
-- niaga:require functions/after_paid.sql
-- niaga:require functions/payment_voucher.sql
create or replace function public.finish_payment(p public.user_transaction, p_paid_at timestamptz) returns void
language plpgsql set search_path = '' as $$
declare
  v_discount constant bigint := public.redeem_reserved(p.id);
begin
  -- Else the payee would go without what the voucher took off.
  if public.promised_discount(p) <> v_discount then
    perform public.refuse('immutable_column', jsonb_build_object('table', 'voucher_redemption', 'transaction', p.id));
  end if;
  update public.user_transaction t set status = 'PAID', paid_at = p_paid_at,
    transfer_id = ledger.id_of(case when p.amount > 0 then 'pay:' else 'pay_share:' end || p.id)
  where t.id = p.id;
  perform public.after_paid(p.id);
  -- The payee's account comes last: everybody who pays it waits for it until this is committed.
  if p.amount > 0 and p.src = 'WALLET' then
    perform ledger.capture_legs('pay:' || p.id);
  elsif p.amount > 0 then
    perform ledger.post('pay:' || p.id, 'gateway:xendit', 'payee:' || p.payee, p.amount, 'payment');
  end if;
  perform public.pay_shares(p.id, p.payee, v_discount, p.commission_onmarket);
end
$$;

-- What the platform adds for a voucher and keeps as its commission; again is a no-op.
create or replace function public.pay_shares(p_id bigint, p_payee text, p_discount bigint, p_commission bigint) returns void
language plpgsql set search_path = '' as $$
begin
  if p_discount > 0 or p_commission > 0 then
    perform ledger.post_journal('pay_share:' || p_id, array[
      ledger.leg('expense:voucher', 'payee:' || p_payee, p_discount),
      ledger.leg('payee:' || p_payee, 'revenue:commission', coalesce(p_commission, 0))], 'payment');
  end if;
end
$$;
