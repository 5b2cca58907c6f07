-- Money on its way to a bank account (UserState, U18; 4: M10). p_channel_code is the gateway's. Answers the payout's id.
-- Refuses with not_found, account_disabled, email_not_verified, bank_account_unusable, amount_out_of_range,
-- payout_daily_limit, insufficient_funds.
-- niaga:require functions/lock_user.sql
-- niaga:require functions/hold_wallet.sql
create or replace function public.request_payout(p_username text, p_bank_account integer, p_amount integer,
  p_platform text) returns bigint
language plpgsql set search_path = '' as $$
declare
  v_id constant bigint := nextval('public.payout_id_seq');
  v_transaction constant bigint := nextval('public.user_transaction_id_seq');
  v_fee constant integer := public.setting('payout.fee');
  v_wallet constant text := 'wallet:' || p_username;
  v_account record;
  v_reference text;
begin
  perform public.lock_user(p_username);
  if not exists (select from public.user_info u where u.username = p_username and u.email_verified_at is not null) then
    perform public.refuse('email_not_verified');
  end if;
  select a.account_last4, a.account_holder_name,
    coalesce(c.xendit_code, case c.currency when 'IDR' then 'ID_' || c.code end) as channel_code
  into v_account
  from public.bank_account a join public.bank_channel c on c.id = a.channel
  where a.id = p_bank_account and a.username = p_username and a.active and c.active and a.account_number_enc is not null;
  if not found or v_account.channel_code is null then
    perform public.refuse('bank_account_unusable');
  end if;
  perform public.check_range(p_amount, 'payout.min', 'payout.max');
  perform public.check_payout_of_day(p_username, p_amount);
  perform public.ensure_wallet(p_username);
  perform public.hold_wallet('payout:' || v_id, array[
    ledger.leg(v_wallet, 'gateway:xendit', p_amount), ledger.leg(v_wallet, 'revenue:payout_fee', v_fee)], 'payout');
  v_reference := public.next_document('TRANSACTION');
  insert into public.user_transaction (id, username, type, amount, amount_2, invoice, status, src, platform, hold_id,
    created_at, updated_at)
  values (v_transaction, p_username, 'PAYOUT', p_amount + v_fee, p_amount::text, v_reference, 'PENDING', 'WALLET',
    p_platform, ledger.id_of('payout:' || v_id), niaga.now(), niaga.now());
  insert into public.payout (id, username, transaction_id, bank_account_id, reference_id, channel_code, account_last4,
    account_holder_name, amount, fee, status, fee_hold_id, created_at, updated_at)
  values (v_id, p_username, v_transaction, p_bank_account, v_reference, v_account.channel_code, v_account.account_last4,
    v_account.account_holder_name, p_amount, v_fee, 'QUEUED',
    case when v_fee > 0 then ledger.id_of('payout:' || v_id, 2) end, niaga.now(), niaga.now());
  return v_id;
end
$$;

-- What has not come back counts; a day is one of Jakarta's. Needs the user's row locked.
create or replace function public.check_payout_of_day(p_username text, p_amount integer) returns void
language plpgsql set search_path = '' as $$
declare
  v_max constant bigint := public.setting('payout.daily_max');
  v_midnight constant timestamptz :=
    date_trunc('day', niaga.now() at time zone 'Asia/Jakarta') at time zone 'Asia/Jakarta';
  v_sent bigint;
begin
  select coalesce(sum(p.amount), 0) into v_sent from public.payout p
  where p.username = p_username and p.created_at >= v_midnight
    and p.status not in ('FAILED', 'CANCELLED', 'REVERSED');
  if v_sent + p_amount > v_max then
    perform public.refuse('payout_daily_limit', jsonb_build_object('max', v_max::text));
  end if;
end
$$;
