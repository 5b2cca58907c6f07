-- Gives money of a payment back to the payer's wallet (UserState, 4: M9). p_amount null: all that is left. Answers the id of
-- the REFUND row; what the platform gives back of its commission stands in it. Refuses with not_found,
-- payment_not_pending, refund_exceeds_payment, payee_funds_insufficient, wallet_limit_exceeded. A voucher stays used; what
-- the platform paid for it comes back with the last rupiah, and of a payment of nothing with the one refund it can have.
-- niaga:require functions/lock_user.sql
-- niaga:require functions/lock_points.sql
-- niaga:require functions/earned_points.sql
create or replace function public.refund_payment(p_id bigint, p_amount integer, p_reason text) returns bigint
language plpgsql set search_path = '' as $$
declare
  v constant public.user_transaction := public.lock_transaction(p_id);
  v_refund constant bigint := nextval('public.user_transaction_id_seq');
  v_reference constant text := 'refund:' || v_refund;
  v_payee constant text := 'payee:' || v.payee;
  v_refunds bigint;
  v_refunded bigint;
  v_returned bigint;
  v_amount bigint;
  v_commission bigint;
  v_is_last boolean;
  v_invoice text;
  v_discount constant bigint := coalesce((select r.value from public.voucher_redemption r
    where r.transaction_id = p_id and r.status = 'REDEEMED'), 0);
begin
  if v.type <> 'PAYMENT' then
    perform public.refuse('not_found');
  elsif v.status <> 'PAID' then
    perform public.refuse('payment_not_pending', jsonb_build_object('status', v.status));
  end if;
  select count(*), coalesce(sum(r.amount), 0), coalesce(sum(r.commission_onmarket), 0)
  into v_refunds, v_refunded, v_returned
  from public.user_transaction r where r.parent_id = p_id and r.type = 'REFUND';
  v_amount := coalesce(p_amount, v.amount - v_refunded);
  if v_refunded + v_amount > v.amount or v_amount < 1 and (v.amount > 0 or v_refunds > 0) then
    perform public.refuse('refund_exceeds_payment', jsonb_build_object('refundable', (v.amount - v_refunded)::text));
  end if;
  v_is_last := v_refunded + v_amount = v.amount;
  v_commission := case when v_is_last then coalesce(v.commission_onmarket, 0) - v_returned
    else coalesce(v.commission_onmarket, 0)::bigint * v_amount / v.amount end;
  perform public.lock_points(v.username);
  perform public.check_wallet_shows(v.username, v_amount);
  perform public.post_from_payee(v_reference, array[
    ledger.leg('revenue:commission', v_payee, v_commission),
    ledger.leg(v_payee, 'wallet:' || v.username, v_amount),
    ledger.leg(v_payee, 'expense:voucher', case when v_is_last then v_discount else 0 end)],
    'refund');
  insert into public.user_transaction (id, username, type, amount, invoice, status, src, payee, parent_id, description,
    commission_onmarket, paid_at, transfer_id, created_at, updated_at)
  values (v_refund, v.username, 'REFUND', v_amount, public.next_document('INVOICE'), 'PAID', 'WALLET', v.payee, p_id,
    p_reason, v_commission, niaga.now(),
    -- The leg that reaches the wallet.
    ledger.id_of(v_reference, case when v_commission > 0 then 2 else 1 end), niaga.now(), niaga.now())
  returning invoice into v_invoice;
  perform public.take_back_points(v, v.amount - v_refunded, v_amount, v_invoice);
  return v_refund;
end
$$;

-- Refuses with payee_funds_insufficient.
create or replace function public.post_from_payee(
  p_reference text, p_legs ledger.leg[], p_kind text, p_metadata jsonb default null) returns void
language plpgsql set search_path = '' as $$
begin
  perform ledger.post_journal(p_reference, p_legs, p_kind, p_metadata);
exception when sqlstate 'NGL02' then
  perform public.refuse('payee_funds_insufficient');
end
$$;
