-- What of somebody is still under way: "a payment", "a top-up", "a payout"; null where nothing is. Needs the
-- user's row locked.
create or replace function public.pending_business(p_username text) returns text
language sql stable set search_path = '' as $$
  select case
    when exists (
      select from public.user_balance b where b.username = p_username and b.in_transaction > 0) then 'a payment'
    when exists (
      select from public.user_transaction t
      where t.username = p_username and t.status = 'PENDING' and t.type = 'TOPUP') then 'a top-up'
    when exists (
      select from public.user_transaction t where t.username = p_username and t.status = 'PENDING') then 'a payment'
    when exists (
      select from public.payout p
      where p.username = p_username and p.status in ('QUEUED', 'ACCEPTED', 'PENDING')) then 'a payout' end
$$;
