-- A top-up that waits for its invoice at the gateway (UserState, U12: a, b). Answers its id. Refuses with not_found,
-- account_disabled, amount_out_of_range, payment_type_inactive, wallet_limit_exceeded.
-- niaga:require functions/lock_user.sql
create or replace function public.open_topup(
  p_username text, p_amount integer, p_payment_type text, p_platform text) returns bigint
language plpgsql set search_path = '' as $$
declare
  v_type_id integer;
  v_id bigint;
begin
  perform public.lock_user(p_username);
  perform public.check_range(p_amount, 'topup.min', 'topup.max');
  if p_payment_type is not null then
    select t.id into v_type_id from public.payment_types t
    where t.name = p_payment_type and t.status order by t.id limit 1;
    if not found then
      perform public.refuse('payment_type_inactive');
    end if;
  end if;
  perform public.ensure_wallet(p_username);
  perform public.check_wallet_limit(p_username, p_amount);
  insert into public.user_transaction (username, type, amount, invoice, status, src, expired_at, payment_type_id, platform,
    created_at, updated_at)
  values (p_username, 'TOPUP', p_amount, public.next_document('INVOICE'), 'PENDING', 'XENDIT',
    niaga.now() + make_interval(secs => public.setting('topup.invoice_seconds')::integer), v_type_id, p_platform,
    niaga.now(), niaga.now())
  returning id into v_id;
  return v_id;
end
$$;

create or replace function public.check_range(p_amount integer, p_min text, p_max text) returns void
language plpgsql set search_path = '' as $$
declare
  v_min constant bigint := public.setting(p_min);
  v_max constant bigint := public.setting(p_max);
begin
  if p_amount not between v_min and v_max then
    perform public.refuse('amount_out_of_range', jsonb_build_object('min', v_min::text, 'max', v_max::text));
  end if;
end
$$;

-- Whether the wallet may take so much more once all that is asked for has come. Needs the user's row locked.
create or replace function public.check_wallet_limit(p_username text, p_amount integer) returns void
language plpgsql set search_path = '' as $$
declare
  v_max constant bigint := public.setting('wallet.max_balance');
  v_expected bigint;
begin
  select coalesce(sum(t.amount), 0) into v_expected from public.user_transaction t
  where t.username = p_username and t.status = 'PENDING' and t.type = 'TOPUP';
  select v_expected + b.balance into v_expected from public.user_balance b where b.username = p_username;
  if v_expected + p_amount > v_max then
    perform public.refuse('wallet_limit_exceeded', jsonb_build_object('max', v_max::text));
  end if;
end
$$;
