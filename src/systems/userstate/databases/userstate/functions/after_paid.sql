-- What follows from a payment that has just turned PAID, in the same transaction: the referral of whoever paid is
-- completed, points are earned.
-- niaga:require functions/earned_points.sql
-- niaga:require functions/referral.sql
create or replace function public.after_paid(p_id bigint) returns void
language plpgsql set search_path = '' as $$
declare
  v_transaction public.user_transaction;
begin
  select * into strict v_transaction from public.user_transaction t where t.id = p_id;
  perform public.complete_referral(v_transaction.username, v_transaction.amount, p_id);
  perform public.earn_points(v_transaction);
end
$$;
