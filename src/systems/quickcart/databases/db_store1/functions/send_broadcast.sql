-- Lets a draft out (QuickCart, UC 18); a broadcast that is out already stays as it is. Answers whether this call did
-- it. Refuses with broadcast_not_found, broadcast_cancelled.
create or replace function public.send_broadcast(p_id bigint) returns boolean
language plpgsql set search_path = '' as $$
declare
  v_status text := public.lock_broadcast(p_id);
begin
  if v_status = 'cancelled' then
    perform public.refuse('broadcast_cancelled');
  end if;
  if v_status <> 'draft' then
    return false;
  end if;
  update public.broadcasts b set status = 'sending' where b.id = p_id;
  perform niaga.enqueue('quickcart.broadcast', jsonb_build_object('broadcast', p_id), null, 'broadcast:' || p_id);
  return true;
end
$$;

-- The row's status, held until the transaction ends. Refuses with broadcast_not_found.
create or replace function public.lock_broadcast(p_id bigint) returns text
language plpgsql set search_path = '' as $$
declare
  v_status text;
begin
  select b.status into v_status from public.broadcasts b where b.id = p_id for no key update;
  if not found then
    perform public.refuse('broadcast_not_found');
  end if;
  return v_status;
end
$$;
