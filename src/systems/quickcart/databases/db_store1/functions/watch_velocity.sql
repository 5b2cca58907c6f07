-- Tells the staff of people who buy unusually much (QuickCart, 8 velocity_watch): more than 5 paid orders within an
-- hour, one payment above 1,000,000, or more than 5,000,000 on one day. Each piece of news once, all new ones in one
-- message; nothing is blocked.
create or replace function public.watch_velocity() returns void
language plpgsql set search_path = '' as $$
declare
  v_now constant timestamp := niaga.now() at time zone 'Asia/Jakarta';
  v_news jsonb;
begin
  select jsonb_agg(jsonb_build_object('key', found.key, 'what', found.what) || found.facts
      order by found.what, found.amount desc, found.key)
    into v_news
    from public.unusual_buying(v_now) found
    where found.key not in (
      select news ->> 'key'
      from public.telegram_outbox told cross join jsonb_array_elements(told.payload -> 'news') news
      where told.ref_type = 'velocity'
        and told.ref_id in (to_char(v_now, 'YYYY-MM-DD'), to_char(v_now - interval '1 day', 'YYYY-MM-DD')));
  if v_news is not null then
    perform public.notify_staff('staff_velocity', 'velocity', to_char(v_now, 'YYYY-MM-DD'),
      jsonb_build_object('about', to_char(v_now, 'HH24:MI'), 'news', v_news));
  end if;
end
$$;

-- What the staff should look at at that local time. {key}: the same for as long as it is the same piece of news.
create or replace function public.unusual_buying(p_now timestamp)
returns table (key text, what text, amount numeric, facts jsonb)
language plpgsql stable set search_path = '' as $$
#variable_conflict use_column
declare
  v_hour constant text := to_char(p_now, 'YYYY-MM-DD HH24');
  v_day constant text := to_char(p_now, 'YYYY-MM-DD');
  v_today constant timestamptz := date_trunc('day', p_now) at time zone 'Asia/Jakarta';
begin
  -- An order is paid within minutes: created_at finds them by its index, updated_at says when they were paid.
  return query
  select concat_ws(':', 'many_orders', v_hour, o.user_id), 'many_orders', count(*)::numeric,
      jsonb_build_object('user', o.user_id::text, 'count', count(*))
    from public.orders o
    where o.created_at > niaga.now() - interval '2 hours' and o.status = 'paid'
      and o.updated_at > niaga.now() - interval '1 hour'
    group by o.user_id having count(*) > 5;

  return query
  select concat_ws(':', 'large_payment', paid.invoice_id), 'large_payment', paid.amount,
      jsonb_build_object('user', paid.user_id::text, 'invoice', paid.invoice_id, 'amount', paid.amount::text)
    from public.recent_payments(niaga.now() - interval '1 hour') paid where paid.amount > 1000000;

  return query
  select concat_ws(':', 'large_day', v_day, paid.user_id), 'large_day', sum(paid.amount),
      jsonb_build_object('user', paid.user_id::text, 'amount', sum(paid.amount)::text)
    from public.recent_payments(v_today) paid
    group by paid.user_id having sum(paid.amount) > 5000000;
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
