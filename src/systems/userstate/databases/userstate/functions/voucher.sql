-- Vouchers (UserState, U16). Locks: the user's row, then the voucher's, then the ledger, the counter last.
-- niaga:require functions/refuse.sql
-- niaga:require functions/ensure_wallet.sql

-- The voucher, locked, if this user may use it now. Refuses with voucher_unknown, voucher_inactive, voucher_exhausted,
-- voucher_already_used.
create or replace function public.lock_voucher(p_username text, p_code text) returns public.voucher
language plpgsql set search_path = '' as $$
declare
  v public.voucher;
begin
  select * into v from public.voucher o where o.code = upper(p_code) for no key update;
  if not found then
    perform public.refuse('voucher_unknown');
  elsif not v.active or v.starts_at > niaga.now() or v.ends_at <= niaga.now() then
    perform public.refuse('voucher_inactive');
  elsif v.per_user_limit <= (
    select count(*) from public.voucher_redemption r
    where r.username = p_username and r.code = v.code and r.status in ('RESERVED', 'REDEEMED'))
  then
    perform public.refuse('voucher_already_used');
  elsif v.redeemed_count >= v.quota then
    perform public.refuse('voucher_exhausted');
  end if;
  return v;
end
$$;

-- Turns a voucher into balance or points (4: M16). Answers the redemption. Refuses as lock_voucher does, and with
-- account_disabled, voucher_wrong_kind, wallet_limit_exceeded.
create or replace function public.redeem_voucher(p_username text, p_code text) returns integer
language plpgsql set search_path = '' as $$
declare
  v public.voucher;
  v_most constant integer := public.setting_number('wallet.max_balance');
  v_id integer;
  v_transaction bigint;
begin
  perform from public.user_login l where l.username = p_username and not l.disabled for no key update;
  if not found then
    perform public.refuse('account_disabled');
  end if;
  v := public.lock_voucher(p_username, p_code);
  perform public.ensure_wallet(p_username);
  if v.kind not in ('BALANCE', 'POINTS') then
    perform public.refuse('voucher_wrong_kind');
  elsif v.kind = 'BALANCE'
    and v.value + (select b.balance::bigint from public.user_balance b where b.username = p_username) > v_most
  then
    perform public.refuse('wallet_limit_exceeded', jsonb_build_object('max', v_most::text));
  end if;
  v_id := nextval('public.voucher_redemption_id_seq');
  if v.kind = 'POINTS' then
    insert into public.point_mutation (username, type, amount, reference_number, src, status, created_at, updated_at)
    values (p_username, 'EARN', v.value, 'VOUCHER-' || v_id, 'PROMO', 'COMPLETE', niaga.now(), niaga.now());
  else
    perform ledger.post('voucher:' || v_id, 'expense:voucher', 'wallet:' || p_username, v.value, 'voucher');
    insert into public.user_transaction (username, type, amount, invoice, status, src, description, paid_at, transfer_id,
      created_at, updated_at)
    values (p_username, 'VOUCHER', v.value, public.next_document('INVOICE'), 'PAID', 'VOUCHER', v.code, niaga.now(),
      ledger.id_of('voucher:' || v_id), niaga.now(), niaga.now())
    returning id into v_transaction;
  end if;
  insert into public.voucher_redemption (id, username, code, status, is_onapps, transaction_id, value, created_at,
    updated_at)
  values (v_id, p_username, v.code, 'REDEEMED', v.is_onapps, v_transaction, v.value, niaga.now(), niaga.now());
  return v_id;
end
$$;
