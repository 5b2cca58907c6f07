-- The rest of a payment whose money has just reached the payee (UserState, 4: M5, M7): the platform makes up for the
-- voucher and takes its commission. `p` is locked and pending.
-- niaga:require functions/after_paid.sql
create or replace function public.finish_payment(p public.user_transaction, p_paid_at timestamptz) returns void
language plpgsql set search_path = '' as $$
declare
  v_discount constant bigint := coalesce(p.amount_2::bigint - p.amount, 0);
  v_commission constant bigint := coalesce(p.commission_onmarket, 0);
begin
  if v_discount > 0 or v_commission > 0 then
    perform ledger.post_journal('pay_share:' || p.id, array[
      ledger.leg('expense:voucher', 'payee:' || p.payee, v_discount),
      ledger.leg('payee:' || p.payee, 'revenue:commission', v_commission)], 'payment');
  end if;
  update public.user_transaction t set status = 'PAID', paid_at = p_paid_at,
    transfer_id = ledger.id_of(case when p.amount > 0 then 'pay:' else 'pay_share:' end || p.id)
  where t.id = p.id;
  perform public.after_paid(p.id);
end
$$;
