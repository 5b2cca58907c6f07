-- Ends a transaction that is still pending and frees what it held, money and voucher (UserState, 4: M6). False where it had
-- ended before. What somebody has asked to cancel does not expire: it is cancelled, whoever sees its end first.
-- niaga:require functions/lock_user.sql
-- niaga:require functions/lock_points.sql
-- niaga:require functions/payment_voucher.sql
create or replace function public.close_transaction(p_id bigint, p_status text, p_error text default null)
returns boolean
language plpgsql set search_path = '' as $$
declare
  v constant public.user_transaction := public.lock_transaction(p_id);
begin
  if v.status <> 'PENDING' then
    return false;
  end if;
  update public.user_transaction t
  set status = case when p_status = 'EXPIRED' and v.cancel_asked_at is not null then 'CANCELLED' else p_status end,
    gateway_error = coalesce(p_error, t.gateway_error)
  where t.id = p_id;
  if v.type = 'PAYMENT' then
    perform public.free_reserved(v.id);
    if v.hold_id is not null then
      perform public.lock_balance(v.username);
      perform ledger.release('pay:' || v.id);
    end if;
  end if;
  return true;
end
$$;
