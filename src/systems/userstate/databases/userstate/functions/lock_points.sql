-- Locks what points paying or refunding may move: the payer's and, while they are invited, those of whoever invited them.
-- Before any money of theirs, as whoever turns points into money does; a referrer's own row is not locked meanwhile.
-- Needs the payer's row locked.
-- niaga:require functions/ensure_wallet.sql
create or replace function public.lock_points(p_username text) returns void
-- The application may not lock what it may not change.
language plpgsql security definer set search_path = '' as $$
declare
  v_users constant text[] := array(
    select p_username
    union
    select l.username from public.referral_history r join public.user_login l on l.username = r.submitted_by
    where r.username = p_username and r.status = 'PENDING');
  v_legs constant ledger.leg[] := array(
    select ledger.leg('issued:points', 'points:' || u, 1) from unnest(v_users) u);
begin
  perform public.ensure_wallet(u) from unnest(v_users) u order by u;
  perform ledger.lock_accounts(v_legs);
  perform ledger.lock_stripes(v_legs);
  -- Where the ledger shows them.
  perform from public.user_balance b where b.username = any (v_users) order by b.username for no key update;
end
$$;

-- The same for who pays or gets back alone: their balance before the account of a payee, as above; and with it that account,
-- where `p_payee` takes the money before a document is numbered.
create or replace function public.lock_balance(p_username text, p_payee text default null) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform from public.user_balance b where b.username = p_username for no key update;
  if p_payee is not null then
    perform ledger.lock_accounts(array[ledger.leg('wallet:' || p_username, 'payee:' || p_payee, 1)]);
  end if;
end
$$;
