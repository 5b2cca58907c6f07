-- A payment to a service (UserState, U13): from the wallet it is held (M4), by the gateway it waits for its invoice.
-- p_gross is the price; freight and insurance are parts of it, and a voucher takes something off it. p_automatic: the payee
-- takes what is held at once. Answers its id. Refuses with not_found, account_disabled, payee_unknown,
-- amount_out_of_range, insufficient_funds, and as voucher_discount does.
-- niaga:require functions/lock_user.sql
-- niaga:require functions/lock_points.sql
-- niaga:require functions/hold_wallet.sql
-- niaga:require functions/payment_voucher.sql
-- niaga:require functions/finish_payment.sql
create or replace function public.open_payment(p_username text, p_payee text, p_method text, p_gross integer,
  p_freight integer, p_insurance integer, p_commission integer, p_invoice_onmarket text, p_onbooking_code text,
  p_description text, p_hold_minutes integer, p_platform text, p_automatic boolean, p_voucher text) returns bigint
language plpgsql set search_path = '' as $$
declare
  v_id constant bigint := nextval('public.user_transaction_id_seq');
  v_usual constant interval := make_interval(mins => public.setting('payment.hold_minutes')::integer);
  v_asked constant interval := case p_method when 'WALLET' then coalesce(make_interval(mins => p_hold_minutes), v_usual)
    else make_interval(secs => public.setting('topup.invoice_seconds')::integer) end;
  v_most constant bigint := public.setting('payment.hold_minutes');
  -- Who does not pay keeps a voucher from others no longer than usual.
  v_wait constant interval := case when p_voucher is null then v_asked else least(v_asked, v_usual) end;
  v_discount integer := 0;
  v_amount integer;
  v_is_paid boolean;
  v public.user_transaction;
begin
  perform public.lock_user(p_username);
  if not exists (select from public.api_key k where k.holder = p_payee and k.revoked_at is null
    and (k.expires_at is null or k.expires_at > niaga.now())) then
    perform public.refuse('payee_unknown');
  end if;
  perform public.check_payment_amounts(p_gross, p_freight, p_insurance, p_commission, p_hold_minutes);
  if p_voucher is not null and p_hold_minutes > v_most then
    perform public.refuse('amount_out_of_range', jsonb_build_object('min', '1', 'max', v_most::text));
  elsif p_voucher is not null then
    v_discount := public.voucher_discount(p_username, p_voucher, p_payee, p_gross);
  end if;
  v_amount := p_gross - v_discount;
  -- The gateway makes no invoice of nothing: what a voucher pays whole is paid.
  v_is_paid := case p_method when 'WALLET' then p_automatic else v_amount = 0 end;
  perform public.ensure_payee(p_payee);
  if v_is_paid then
    perform public.lock_points(p_username);
  end if;
  if p_method = 'WALLET' and v_amount > 0 then
    perform public.ensure_wallet(p_username);
    -- What is only held needs the wallet alone.
    perform public.lock_balance(p_username, case when v_is_paid then p_payee end);
    perform public.hold_wallet('pay:' || v_id,
      array[ledger.leg('wallet:' || p_username, 'payee:' || p_payee, v_amount)], 'payment');
    if v_is_paid then
      -- A payee who has nothing else has this before the platform takes its commission of it.
      perform ledger.capture_legs('pay:' || v_id);
    end if;
  end if;
  if v_is_paid then
    -- All that moves before the counter; finish_payment finds it done.
    perform public.pay_shares(v_id, p_payee, v_discount, p_commission);
  end if;
  insert into public.user_transaction (id, username, type, amount, amount_2, invoice, status, src, payee, expired_at,
    freight_charge, insurance_amount, commission_onmarket, invoice_onmarket, onbooking_code, description, platform,
    hold_id, created_at, updated_at)
  values (v_id, p_username, 'PAYMENT', v_amount, case when v_discount > 0 then p_gross::text end,
    public.next_document('INVOICE'), 'PENDING', p_method, p_payee, niaga.now() + v_wait, p_freight, p_insurance,
    p_commission, p_invoice_onmarket, p_onbooking_code, p_description, p_platform,
    case when p_method = 'WALLET' and v_amount > 0 then ledger.id_of('pay:' || v_id) end, niaga.now(), niaga.now())
  returning * into v;
  if p_voucher is not null then
    perform public.reserve_voucher(p_voucher, v_id, v_discount);
  end if;
  if v_is_paid then
    perform public.finish_payment(v, niaga.now());
  end if;
  return v_id;
end
$$;

create or replace function public.check_payment_amounts(
  p_gross integer, p_freight integer, p_insurance integer, p_commission integer, p_hold_minutes integer) returns void
language plpgsql set search_path = '' as $$
declare
  v_goods constant bigint := p_gross::bigint - coalesce(p_freight, 0) - coalesce(p_insurance, 0);
  v_min constant bigint := public.setting('payment.min');
  v_longest constant bigint := public.setting('payment.hold_max_minutes');
begin
  if p_gross < v_min then
    perform public.refuse('amount_out_of_range', jsonb_build_object('min', v_min::text, 'max', '2147483647'));
  elsif v_goods < 0 or coalesce(p_commission, 0) > v_goods then
    perform public.refuse('amount_out_of_range', jsonb_build_object('min', '0', 'max', greatest(0, v_goods)::text));
  elsif p_hold_minutes > v_longest then
    perform public.refuse('amount_out_of_range', jsonb_build_object('min', '1', 'max', v_longest::text));
  end if;
end
$$;
