-- New vouchers of an admin (QuickCart, UC 17), valid for the days of the setting voucher_days. With the owner's rights:
-- the application may make a voucher in this way and no other.
-- Refuses with voucher_amount_range, amount_not_whole, voucher_count_range, and forbidden where p_admin is none.
create or replace function public.give_away(
  p_admin bigint, p_amount numeric, p_count integer, out codes text[], out expires_at timestamptz)
language plpgsql security definer set search_path = '' as $$
declare
  v_more text[];
begin
  if p_amount not between 1000 and 1000000 then
    perform public.refuse('voucher_amount_range', '{"min": "1000.00", "max": "1000000.00"}');
  end if;
  if p_amount <> trunc(p_amount) then
    perform public.refuse('amount_not_whole', jsonb_build_object('amount', p_amount::text));
  end if;
  if p_count not between 1 and 100 then
    perform public.refuse('voucher_count_range', '{"min": 1, "max": 100}');
  end if;
  if not exists (
    select from public.users u where u.id = p_admin and u.member_status = 'admin' and not u.is_banned) then
    perform public.refuse('forbidden');
  end if;
  codes := '{}';
  expires_at := niaga.now() + make_interval(days => public.setting('voucher_days')::integer);
  -- A drawn code that exists already is drawn again.
  while cardinality(codes) < p_count loop
    with made as (
      insert into public.vouchers as v (code, amount, created_by, expires_at, created_at)
        select public.random_code(8), p_amount, p_admin, give_away.expires_at, niaga.now()
        from generate_series(1, p_count - cardinality(codes))
        on conflict (code) do nothing returning v.code
    )
    select array_agg(m.code) into v_more from made m;
    codes := codes || v_more;
  end loop;
end
$$;
