-- niaga:require functions/refuse.sql

-- Makes the row of user_balance, and with it the accounts wallet:{user} and points:{user}, where somebody has none yet.
create or replace function public.ensure_wallet(p_username text) returns void
language sql volatile set search_path = '' as $$
  insert into public.user_balance (username) values (p_username) on conflict (username) do nothing
$$;

-- The same for a service's account payee:{holder}.
create or replace function public.ensure_payee(p_holder text) returns void
language sql volatile set search_path = '' as $$
  select ledger.open_account('payee:' || p_holder, 'IDR', 0, p_personal => true)
  where not exists (select from ledger.account a where a.name = 'payee:' || p_holder)
$$;

-- Whether a wallet can show so much more: the documented column is an INTEGER. Needs the user's row locked. Refuses with
-- wallet_limit_exceeded.
create or replace function public.check_wallet_shows(p_username text, p_amount bigint) returns void
language plpgsql set search_path = '' as $$
begin
  if p_amount + (select b.balance from public.user_balance b where b.username = p_username) > 2147483647 then
    perform public.refuse('wallet_limit_exceeded', jsonb_build_object('max', '2147483647'));
  end if;
end
$$;
