-- Once nothing of a broadcast is left to be sent: its counts, for good, and done unless it was cancelled. Answers
-- whether that is so, and tells who wrote it. Call it when all rows have been made.
create or replace function public.finish_broadcast(p_id bigint) returns boolean
language plpgsql set search_path = '' as $$
declare
  v_status text := public.lock_broadcast(p_id);
begin
  if v_status not in ('sending', 'cancelled') then
    return v_status = 'done';
  end if;
  -- Asked every few seconds for an hour: the first open row is answer enough.
  if exists (select from public.telegram_outbox o
    where o.ref_type = 'broadcast' and o.ref_id = p_id::text and o.status in ('queued', 'sending')) then
    return false;
  end if;
  update public.broadcasts b set
      status = case v_status when 'sending' then 'done' else v_status end,
      sent_count = c.sent,
      -- Whoever was erased meanwhile took their message along: it was not sent.
      failed_count = case v_status when 'sending' then b.total_count - c.sent else c.failed end
    from public.broadcast_counts(p_id) c where b.id = p_id;
  if v_status = 'sending' then
    insert into public.telegram_outbox (chat_id, method, payload, dedupe_key, next_attempt_at, created_at)
      select b.created_by, 'sendMessage', jsonb_build_object('kind', 'broadcast_done', 'broadcast', p_id),
        'broadcast_done:' || p_id, niaga.now(), niaga.now()
      from public.broadcasts b where b.id = p_id;
  end if;
  return true;
end
$$;
