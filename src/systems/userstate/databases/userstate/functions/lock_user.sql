-- Locks rank: user_login, user_transaction, payout, voucher, voucher_redemption, point_mutation, ledger accounts (points
-- before money), and last the counter, whose row everybody who needs a number waits for.

-- The row of somebody who spends. Refuses with not_found, account_disabled.
create or replace function public.lock_user(p_username text) returns void
language plpgsql set search_path = '' as $$
declare
  v_disabled boolean;
begin
  select l.disabled into v_disabled from public.user_login l where l.username = p_username for no key update;
  if not found then
    perform public.refuse('not_found');
  elsif v_disabled then
    perform public.refuse('account_disabled');
  end if;
end
$$;

-- A transaction and the row of its user; a disabled user's money still comes and ends. Refuses with not_found.
create or replace function public.lock_transaction(p_id bigint) returns public.user_transaction
language plpgsql set search_path = '' as $$
declare
  v_transaction public.user_transaction;
begin
  perform from public.user_login l
  where l.username = (select t.username from public.user_transaction t where t.id = p_id) for no key update;
  select * into v_transaction from public.user_transaction t where t.id = p_id for no key update;
  if not found then
    perform public.refuse('not_found');
  end if;
  return v_transaction;
end
$$;
