-- Vouchers of payments (UserState, U16; 4: M5, M9): reserved with the payment, redeemed when it is paid, free again when it
-- ends otherwise. Locks: the payer's row, the payment's, the voucher's, its redemption's, then the ledger.
-- niaga:require functions/voucher.sql

-- What a voucher takes off a price; its row stays locked, so that the use can be written down. Refuses as lock_voucher
-- does, and with voucher_wrong_kind, also where it is for another service, voucher_min_amount, also where nothing would be
-- taken off.
create or replace function public.voucher_discount(p_username text, p_code text, p_payee text, p_gross integer)
returns integer
language plpgsql set search_path = '' as $$
declare
  v constant public.voucher := public.lock_voucher(p_username, p_code);
  v_min constant integer := greatest(v.min_amount,
    case v.kind when 'DISCOUNT_PERCENT' then ceil(100.0 / v.value) else 1 end);
begin
  if v.kind not in ('DISCOUNT_FIXED', 'DISCOUNT_PERCENT') or v.payee <> p_payee then
    perform public.refuse('voucher_wrong_kind');
  elsif p_gross < v_min then
    perform public.refuse('voucher_min_amount', jsonb_build_object('min', v_min::text));
  end if;
  return least(p_gross, v.max_discount,
    case v.kind when 'DISCOUNT_FIXED' then v.value else p_gross::bigint * v.value / 100 end);
end
$$;

-- The use itself, for a payment that is there; voucher_discount has locked the voucher.
create or replace function public.reserve_voucher(p_code text, p_transaction bigint, p_value integer) returns void
language sql volatile set search_path = '' as $$
  insert into public.voucher_redemption (username, code, status, is_onapps, transaction_id, value, created_at, updated_at)
  select t.username, v.code, 'RESERVED', v.is_onapps, t.id, p_value, niaga.now(), niaga.now()
  from public.voucher v, public.user_transaction t
  where v.code = upper(p_code) and t.id = p_transaction
$$;

-- What the price of a payment promises that a voucher pays; rows that were here before may hold anything in amount_2.
create or replace function public.promised_discount(p public.user_transaction) returns bigint
language sql immutable set search_path = '' as $$
  select case when p.amount_2 ~ '^[0-9]{1,10}$' then p.amount_2::bigint - p.amount else 0 end
$$;

-- Whether that is what is reserved for it.
create or replace function public.discount_stands(p public.user_transaction) returns boolean
language sql stable set search_path = '' as $$
  select public.promised_discount(p) = coalesce((
    select sum(r.value) from public.voucher_redemption r where r.transaction_id = p.id and r.status = 'RESERVED'), 0)
$$;

-- The payment is paid. Answers what the platform owes the payee for it; 0 without a voucher.
create or replace function public.redeem_reserved(p_transaction bigint) returns bigint
language plpgsql set search_path = '' as $$
declare
  v_value bigint;
begin
  update public.voucher_redemption r set status = 'REDEEMED'
  where r.transaction_id = p_transaction and r.status = 'RESERVED' returning r.value into v_value;
  return coalesce(v_value, 0);
end
$$;

-- The payment has ended unpaid: the voucher can be used again.
create or replace function public.free_reserved(p_transaction bigint) returns void
language plpgsql set search_path = '' as $$
begin
  perform from public.voucher v
  where v.code = (select r.code from public.voucher_redemption r
    where r.transaction_id = p_transaction and r.status = 'RESERVED') for no key update;
  update public.voucher_redemption r set status = 'CANCELLED'
  where r.transaction_id = p_transaction and r.status = 'RESERVED';
end
$$;
