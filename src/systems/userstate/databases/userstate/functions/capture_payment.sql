-- The payee takes a payment that is held for it (UserState, 4: M5). Again is a no-op; answers whether this call did it.
-- Refuses with not_found, payment_not_pending, payment_expired.
-- niaga:require functions/lock_user.sql
-- niaga:require functions/lock_points.sql
-- niaga:require functions/finish_payment.sql
create or replace function public.capture_payment(p_id bigint) returns boolean
language plpgsql set search_path = '' as $$
declare
  v constant public.user_transaction := public.lock_transaction(p_id);
begin
  if v.type <> 'PAYMENT' then
    perform public.refuse('not_found');
  elsif v.status = 'PAID' then
    return false;
  elsif v.status = 'PENDING' and v.src = 'WALLET' and v.expired_at <= niaga.now() then
    perform public.refuse('payment_expired');
  elsif v.status <> 'PENDING' or v.src <> 'WALLET' then
    perform public.refuse('payment_not_pending', jsonb_build_object('status', v.status));
  end if;
  perform public.lock_points(v.username);
  perform public.finish_payment(v, niaga.now());
  return true;
end
$$;
