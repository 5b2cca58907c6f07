-- Marks due messages as being sent, most urgent first, and answers them: of each chat its first one only, and none where
-- one is being sent already, so that a chat reads its messages in the order of (priority, id) also when several processes
-- send, and when its first one waits for a retry. p_busy: chats that must not be sent anything yet. Broadcasts have a
-- queue of their own.
-- A loop, which asks once for each chat: thousands may wait in one, and no plan may read them once for each of them.
create or replace function public.claim_messages(
  p_limit integer, p_broadcasts boolean, p_busy bigint[], p_now timestamptz)
returns table (id bigint, chat_id bigint, method text, payload jsonb, ref_type text, ref_id text, priority smallint,
  attempts integer)
language plpgsql set search_path = '' as $$
#variable_conflict use_column
declare
  c_broadcast constant smallint := 9;
  v_from constant smallint := case when p_broadcasts then c_broadcast else 0 end;
  v_to constant smallint := case when p_broadcasts then c_broadcast else c_broadcast - 1 end;
  v_asked bigint[] := p_busy || array(select o.chat_id from public.telegram_outbox o where o.status = 'sending');
  v_claimed integer := 0;
  v_due cursor for
    select o.chat_id from public.telegram_outbox o
    where o.status = 'queued' and o.priority between v_from and v_to and o.next_attempt_at <= p_now
    order by o.priority, o.next_attempt_at, o.id;
  v_first public.telegram_outbox;
begin
  for v_row in v_due loop
    exit when v_claimed = p_limit;
    continue when v_row.chat_id = any (v_asked);
    v_asked := v_asked || v_row.chat_id;
    select o.* into v_first from public.telegram_outbox o
      where o.chat_id = v_row.chat_id and o.status in ('queued', 'sending') order by o.priority, o.id limit 1;
    continue when v_first.priority not between v_from and v_to or v_first.next_attempt_at > p_now;
    -- Nobody else's: whoever claims it at the same moment has locked it.
    perform from public.telegram_outbox o where o.id = v_first.id and o.status = 'queued' for update skip locked;
    continue when not found;
    return query
    update public.telegram_outbox o set status = 'sending', attempts = o.attempts + 1, next_attempt_at = now()
      where o.id = v_first.id
      returning o.id, o.chat_id, o.method::text, o.payload, o.ref_type::text, o.ref_id::text, o.priority, o.attempts;
    v_claimed := v_claimed + 1;
  end loop;
end
$$;
