-- The gateway itself says that an invoice is paid (UserState, 4: M2, M3, M7, M8). Safe to call any number of times, in any
-- order. Answers
--   settled            the top-up is credited, the payment paid
--   late               what it was for is over, or another sum came: the money is in the payer's wallet
--   already            it was booked before
--   currency_mismatch  not rupiah: nothing was booked, finance must look
-- niaga:require functions/lock_user.sql
-- niaga:require functions/lock_points.sql
-- niaga:require functions/finish_payment.sql
-- niaga:require functions/close_transaction.sql
-- niaga:require functions/referral.sql
create or replace function public.settle_invoice(p_id bigint, p_xendit_invoice text, p_paid bigint, p_currency text,
  p_fee bigint, p_paid_at timestamptz) returns text
language plpgsql set search_path = '' as $$
declare
  v public.user_transaction;
  v_outcome text := 'settled';
begin
  v := public.lock_transaction(p_id);
  -- Two invoices with one number, both paid: the second belongs to nothing but its payer.
  if v.xendit_invoice is distinct from p_xendit_invoice then
    return public.credit_late_money(v, p_xendit_invoice, p_paid, p_currency, p_fee, p_paid_at);
  elsif v.status = 'PAID' then
    perform public.book_gateway_fee(p_xendit_invoice, p_fee);
    return 'already';
  elsif p_currency <> 'IDR' then
    update public.user_transaction t set gateway_error = 'CURRENCY_MISMATCH' where t.id = p_id;
    return 'currency_mismatch';
  elsif v.type = 'TOPUP' then
    perform public.lock_points(v.username);
    perform ledger.post('topup:' || v.id, 'gateway:xendit', 'wallet:' || v.username, p_paid, 'topup');
    update public.user_transaction t set status = 'PAID', paid_at = coalesce(p_paid_at, niaga.now()),
      transfer_id = ledger.id_of('topup:' || v.id),
      amount_2 = case when p_paid <> v.amount then p_paid::text end,
      gateway_error = case when p_paid <> v.amount then 'AMOUNT_MISMATCH' end
    where t.id = p_id;
    -- What came, not what was asked for; a wallet holds no more than an integer.
    perform public.complete_referral(v.username, p_paid::integer, p_id);
  elsif v.status = 'PENDING' and p_paid = v.amount and v.payee is not null and public.discount_stands(v) then
    perform public.lock_points(v.username);
    perform public.finish_payment(v, coalesce(p_paid_at, niaga.now()));
  else
    -- Without what its voucher was to pay, the price is not paid either; an older program named no payee.
    perform public.close_transaction(p_id, 'FAILED', case when p_paid <> v.amount then 'AMOUNT_MISMATCH'
      when v.payee is null then 'PAYEE_UNKNOWN' else 'VOUCHER_MISMATCH' end);
    return public.credit_late_money(v, p_xendit_invoice, p_paid, p_currency, p_fee, p_paid_at);
  end if;
  perform public.book_gateway_fee(p_xendit_invoice, p_fee);
  return v_outcome;
end
$$;

-- M8: money that nothing waits for goes to the payer's wallet, never to the payee. `p` is locked.
create or replace function public.credit_late_money(p public.user_transaction, p_xendit_invoice text, p_paid bigint,
  p_currency text, p_fee bigint, p_paid_at timestamptz) returns text
language plpgsql set search_path = '' as $$
declare
  -- The transaction's own invoice stays with it; a stray one needs a row to be found by.
  v_stray constant text := case when p.xendit_invoice is distinct from p_xendit_invoice then p_xendit_invoice end;
  v_reference constant text := coalesce('stray:' || v_stray, 'late:' || p.id);
  v_id bigint;
begin
  if exists (select from public.user_transaction t
    where t.parent_id = p.id and t.transfer_id = ledger.id_of(v_reference)) then
    return 'already';
  elsif p_currency <> 'IDR' then
    update public.user_transaction t set gateway_error = 'CURRENCY_MISMATCH' where t.id = p.id;
    return 'currency_mismatch';
  end if;
  perform public.lock_points(p.username);
  perform ledger.post(v_reference, 'gateway:xendit', 'wallet:' || p.username, p_paid, 'late_money');
  perform public.book_gateway_fee(p_xendit_invoice, p_fee);
  insert into public.user_transaction (username, type, amount, invoice, status, src, xendit_invoice, parent_id, paid_at,
    transfer_id, created_at, updated_at)
  values (p.username, 'TOPUP', p_paid, public.next_document('INVOICE'), 'PAID', 'XENDIT_LATE', v_stray, p.id,
    coalesce(p_paid_at, niaga.now()), ledger.id_of(v_reference), niaga.now(), niaga.now())
  returning id into v_id;
  perform public.complete_referral(p.username, p_paid::integer, v_id);
  return 'late';
end
$$;

-- M3: once, whenever the gateway tells it.
create or replace function public.book_gateway_fee(p_xendit_invoice text, p_fee bigint) returns void
language plpgsql set search_path = '' as $$
begin
  if p_fee > 0 and not exists (
    select from ledger.transfer t where t.id = ledger.id_of('fee:' || p_xendit_invoice)) then
    perform ledger.post('fee:' || p_xendit_invoice, 'gateway:xendit', 'expense:gateway_fee', p_fee, 'gateway_fee');
  end if;
end
$$;
