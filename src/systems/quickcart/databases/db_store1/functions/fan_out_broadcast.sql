-- One batch of a broadcast's messages: rows for the next p_limit people after p_after who are neither banned nor erased
-- and can be reached. The key names broadcast and person, so that a batch made again makes nothing. Answers the last
-- person of the batch; null where it was empty (the total is known then) or the broadcast is not being sent.
create or replace function public.fan_out_broadcast(p_id bigint, p_after bigint, p_limit integer) returns bigint
language plpgsql set search_path = '' as $$
declare
  v_last bigint;
begin
  -- A cancellation waits for this batch, or this batch sees it.
  if public.lock_broadcast(p_id) <> 'sending' then
    return null;
  end if;
  with batch as (
    select u.id from public.users u
    where u.id > p_after and not u.is_banned and u.erased_at is null and u.blocked_bot_at is null
    order by u.id limit p_limit
  ), made as (
    insert into public.telegram_outbox (chat_id, method, payload, ref_type, ref_id, dedupe_key, priority,
        next_attempt_at, created_at)
      select b.id, 'sendMessage', jsonb_build_object('kind', 'broadcast', 'broadcast', p_id), 'broadcast', p_id::text,
        concat_ws(':', 'broadcast', p_id, b.id), 9, niaga.now(), niaga.now()
      from batch b order by b.id
      on conflict (dedupe_key) do nothing
  )
  select max(b.id) into v_last from batch b;
  if v_last is null then
    update public.broadcasts b set total_count = c.total
      from public.broadcast_counts(p_id) c where b.id = p_id;
  end if;
  return v_last;
end
$$;
