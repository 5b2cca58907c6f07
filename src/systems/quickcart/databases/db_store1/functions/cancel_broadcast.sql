-- Gives a draft up, or stops a broadcast on its way: what has not been sent goes, what is being sent right now is still
-- counted where it arrives, and goes where it does not (QuickCart, UC 18). Cancelling again changes nothing. Refuses with broadcast_not_found, broadcast_done.
create or replace function public.cancel_broadcast(p_id bigint) returns void
language plpgsql set search_path = '' as $$
declare
  v_status text := public.lock_broadcast(p_id);
begin
  if v_status = 'done' then
    perform public.refuse('broadcast_done');
  end if;
  if v_status = 'cancelled' then
    return;
  end if;
  update public.broadcasts b set status = 'cancelled', total_count = c.total
    from public.broadcast_counts(p_id) c where b.id = p_id;
  delete from public.telegram_outbox o
    where o.ref_type = 'broadcast' and o.ref_id = p_id::text and o.status = 'queued';
  if not public.finish_broadcast(p_id) then
    perform niaga.enqueue('quickcart.broadcast', jsonb_build_object('broadcast', p_id), null, 'broadcast:' || p_id);
  end if;
end
$$;
