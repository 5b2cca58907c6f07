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
