-- The voucher that this person may use now, without taking it. Refuses with voucher_invalid (unknown, used or in
-- another order: one code, so that nobody can probe codes), voucher_expired, voucher_cooldown {retry_after}.
create or replace function public.check_voucher(
  p_user bigint, p_code text, out voucher_id integer, out amount numeric, out expires_at timestamptz)
language plpgsql stable set search_path = '' as $$
declare
  v_free boolean;
  v_cooldown_until timestamptz;
begin
  select v.id, v.amount, v.expires_at, not v.is_used and v.order_id is null
    into voucher_id, amount, expires_at, v_free
    from public.vouchers v where v.code = upper(btrim(p_code));
  if v_free is not true then
    perform public.refuse('voucher_invalid');
  end if;
  if expires_at <= niaga.now() then
    perform public.refuse('voucher_expired', jsonb_build_object('expires_at', expires_at));
  end if;
  select max(c.expires_at) into v_cooldown_until from public.voucher_usage_cooldown c
    where c.user_id = p_user and c.expires_at > niaga.now();
  if v_cooldown_until is not null then
    perform public.refuse('voucher_cooldown', jsonb_build_object('retry_after',
      ceil(extract(epoch from v_cooldown_until - niaga.now()))::integer));
  end if;
end
$$;
