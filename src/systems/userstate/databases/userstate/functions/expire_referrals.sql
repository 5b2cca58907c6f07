-- Referrals that did not lead to anything in time. Answers how many.
create or replace function public.expire_referrals(p_limit integer) returns integer
language plpgsql set search_path = '' as $$
declare
  v_count integer;
begin
  update public.referral_history r set status = 'EXPIRED'
  where r.id in (
    select o.id from public.referral_history o
    where o.status = 'PENDING' and o.expires_at <= niaga.now() limit p_limit for no key update skip locked);
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
