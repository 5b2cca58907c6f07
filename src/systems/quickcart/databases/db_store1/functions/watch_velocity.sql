-- Tells the staff of people who buy unusually much (QuickCart, 8 velocity_watch): more than 5 paid orders within an
-- hour, one payment above 1,000,000, or more than 5,000,000 on one day. Each piece of news once; nothing is blocked.
create or replace function public.watch_velocity() returns void
language plpgsql set search_path = '' as $$
declare
  v_today constant timestamptz :=
    date_trunc('day', niaga.now() at time zone 'Asia/Jakarta') at time zone 'Asia/Jakarta';
begin
  -- An order is paid within minutes: created_at finds them by its index, updated_at says when they were paid.
  perform public.notify_staff('staff_many_orders', 'user', busy.user_id::text,
      jsonb_build_object('about', to_char(niaga.now() at time zone 'Asia/Jakarta', 'YYYY-MM-DD HH24'),
        'count', busy.orders))
    from (
      select o.user_id, count(*) as orders from public.orders o
      where o.created_at > niaga.now() - interval '2 hours' and o.status = 'paid'
        and o.updated_at > niaga.now() - interval '1 hour'
      group by o.user_id having count(*) > 5) busy;

  perform public.notify_staff('staff_large_payment', paid.ref_type, paid.invoice_id,
      jsonb_build_object('amount', paid.amount::text, 'user', paid.user_id::text))
    from public.recent_payments(niaga.now() - interval '1 hour') paid where paid.amount > 1000000;

  perform public.notify_staff('staff_large_day', 'user', day.user_id::text,
      jsonb_build_object('about', to_char(v_today at time zone 'Asia/Jakarta', 'YYYY-MM-DD'),
        'amount', day.amount::text))
    from (
      select paid.user_id, sum(paid.amount) as amount from public.recent_payments(v_today) paid
      group by paid.user_id having sum(paid.amount) > 5000000) day;
end
$$;

-- What was paid since then, by QRIS and from balances.
create or replace function public.recent_payments(p_since timestamptz)
returns table (ref_type text, invoice_id text, user_id bigint, amount numeric)
language plpgsql stable set search_path = '' as $$
#variable_conflict use_column
begin
  return query
  select 'order', o.invoice_id::text, o.user_id, o.total_bill from public.orders o
    where o.created_at > p_since - interval '1 hour' and o.status = 'paid' and o.updated_at >= p_since
  union all
  select 'deposit', d.invoice_id::text, d.user_id, d.total_bill from public.deposits d
    where d.created_at > p_since - interval '1 hour' and d.status = 'paid' and d.updated_at >= p_since;
end
$$;
