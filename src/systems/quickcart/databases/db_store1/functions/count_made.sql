-- Counts what a person makes, five a minute of each (QuickCart, §7.6): in the transaction that makes it and behind their
-- lock, so that nothing passes beside it and what is refused does not count. Whoever runs into "out of stock" or their
-- own pending order may go on trying. A deposit is as much work for the gateway as an order, and as quickly cancelled.
--   p_what: 'order', 'deposit'
-- Refuses with rate_limited {retry_after} in seconds, and what lock_customer refuses.
create or replace function public.count_made(p_user bigint, p_what text) returns void
language plpgsql set search_path = '' as $$
declare
  v_most constant integer := 5;
  v_window constant interval := '60 seconds';
  v_now timestamptz := niaga.now();
  v_count integer;
  v_ends_at timestamptz;
begin
  perform public.lock_customer(p_user);
  insert into niaga.kv as kv (key, value, expires_at)
    values ('rate:' || p_user || ':' || p_what, '1', v_now + v_window)
    on conflict (key) do update set
      value = case when kv.expires_at > v_now then (kv.value::integer + 1)::text else excluded.value end,
      expires_at = case when kv.expires_at > v_now then kv.expires_at else excluded.expires_at end
    returning kv.value::integer, kv.expires_at into v_count, v_ends_at;
  if v_count > v_most then
    perform public.refuse('rate_limited', jsonb_build_object(
      'retry_after', greatest(1, ceil(extract(epoch from v_ends_at - v_now)))));
  end if;
end
$$;
