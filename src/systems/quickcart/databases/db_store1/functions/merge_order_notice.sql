-- Decides about an order notice to the staff that a sender has claimed (QuickCart, 8: more than ten within a minute are
-- one digest). Ten a minute go out as they come. The eleventh waits until the minute of the first is over, and then
-- stands for all that have gathered; where more than ten wait already, it does so at once. A minute after a digest the
-- count begins anew.
-- Answers the payload to send now, or null: the row waits, or is no longer this sender's. Durable between any two steps:
-- a row is merged in the transaction that makes another row name it.
create or replace function public.merge_order_notice(p_id bigint, p_attempts integer) returns jsonb
language plpgsql set search_path = '' as $$
declare
  c_most constant integer := 10;
  c_minute constant interval := '60 seconds';
  v_row public.telegram_outbox;
  v_waiting bigint[];
  v_recent integer;
  v_first timestamptz;
  v_digest timestamptz;
begin
  select * into v_row from public.telegram_outbox o
    where o.id = p_id and o.status = 'sending' and o.attempts = p_attempts for update;
  if not found then
    return null;
  end if;
  select array_agg(w.id) into v_waiting from (
    select o.id from public.telegram_outbox o
    where o.chat_id = v_row.chat_id and o.status = 'queued'
      and o.payload ->> 'kind' in ('staff_order_paid', 'staff_deposit_paid', 'staff_payment_expired')
    order by o.id for update skip locked) w;
  select count(*), min(o.sent_at), max(o.sent_at) filter (where o.payload ->> 'kind' = 'staff_digest')
    into v_recent, v_first, v_digest
    from public.telegram_outbox o
    where o.chat_id = v_row.chat_id and o.message_id is not null and o.sent_at > niaga.now() - c_minute
      and o.payload ->> 'kind' in
        ('staff_order_paid', 'staff_deposit_paid', 'staff_payment_expired', 'staff_digest');

  if v_digest is not null then
    return public.hold_notice(p_id, v_digest + c_minute);
  elsif v_waiting is not null and (v_row.payload ? 'held' or cardinality(v_waiting) >= c_most) then
    return public.merge_notices(p_id, v_waiting);
  elsif not v_row.payload ? 'held' and v_recent + coalesce(cardinality(v_waiting), 0) >= c_most then
    return public.hold_notice(p_id, v_first + c_minute);
  end if;
  return v_row.payload;
end
$$;

-- Back into the queue until then; the try does not count.
create or replace function public.hold_notice(p_id bigint, p_until timestamptz) returns jsonb
language plpgsql set search_path = '' as $$
begin
  update public.telegram_outbox o set status = 'queued', attempts = o.attempts - 1, next_attempt_at = p_until,
    payload = o.payload || '{"held": true}', error = 'waits for the digest' where o.id = p_id;
  return null;
end
$$;

-- From here on the one row stands for the others too.
create or replace function public.merge_notices(p_id bigint, p_others bigint[]) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_payload jsonb;
begin
  select jsonb_build_object('kind', 'staff_digest', 'notices', jsonb_agg(
      jsonb_build_object('kind', o.payload ->> 'kind', 'invoice', o.ref_id) order by o.id))
    into v_payload
    from public.telegram_outbox o where o.id = p_id or o.id = any (p_others);
  update public.telegram_outbox o set payload = v_payload, ref_type = null, ref_id = null where o.id = p_id;
  update public.telegram_outbox o set status = 'sending' where o.id = any (p_others);
  update public.telegram_outbox o set status = 'sent', sent_at = niaga.now(), error = 'in the digest ' || p_id
    where o.id = any (p_others);
  return v_payload;
end
$$;
