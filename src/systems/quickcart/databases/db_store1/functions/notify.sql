-- News on their way to a person or to the staff: rows of telegram_outbox that name what happened ({kind, invoice})
-- and nothing else. Text, and goods, are looked up when the message is sent. The same news twice is one message.
create or replace function public.notify_user(
  p_user bigint, p_kind text, p_ref_type text, p_invoice text, p_priority integer default 3) returns void
language plpgsql set search_path = '' as $$
begin
  insert into public.telegram_outbox (chat_id, method, payload, ref_type, ref_id, dedupe_key, priority,
      next_attempt_at, created_at)
    values (p_user, 'sendMessage', jsonb_build_object('kind', p_kind, 'invoice', p_invoice), p_ref_type, p_invoice,
      p_kind || ':' || p_invoice, p_priority, niaga.now(), niaga.now())
    on conflict (dedupe_key) do nothing;
end
$$;

-- To every admin who can be reached and every notification group.
create or replace function public.notify_staff(
  p_kind text, p_ref_type text, p_invoice text, p_facts jsonb default '{}') returns void
language plpgsql set search_path = '' as $$
begin
  insert into public.telegram_outbox (chat_id, method, payload, ref_type, ref_id, dedupe_key, next_attempt_at,
      created_at)
    select staff.chat_id, 'sendMessage', p_facts || jsonb_build_object('kind', p_kind, 'invoice', p_invoice),
      -- Two messages of one order that failed are two pieces of news.
      p_ref_type, p_invoice, concat_ws(':', p_kind, p_facts ->> 'about', p_invoice, staff.chat_id),
      niaga.now(), niaga.now()
    from (
      select u.id as chat_id from public.users u
        where u.member_status = 'admin' and not u.is_banned and u.erased_at is null and u.blocked_bot_at is null
      union all
      select g.chat_id from public.notification_groups g) staff
    on conflict (dedupe_key) do nothing;
end
$$;
