-- News on their way to a person or to the staff: rows of telegram_outbox that name what happened ({kind}, and the
-- {invoice} of an order or deposit) and nothing else. Text, and goods, are looked up when the message is sent. The same
-- news twice is one message. p_invoice: the id of what it is about, whatever p_ref_type says that is.
create or replace function public.notify_user(
  p_user bigint, p_kind text, p_ref_type text, p_invoice text, p_priority integer default 3) returns void
language plpgsql set search_path = '' as $$
begin
  insert into public.telegram_outbox (chat_id, method, payload, ref_type, ref_id, dedupe_key, priority,
      next_attempt_at, created_at)
    values (p_user, 'sendMessage', public.news_payload(p_kind, p_ref_type, p_invoice), p_ref_type, p_invoice,
      p_kind || ':' || p_invoice, p_priority, niaga.now(), niaga.now())
    on conflict (dedupe_key) do nothing;
end
$$;

-- To every admin who can be reached and every notification group. What merge_order_notice.sql may hold back comes after
-- everything else for the staff, so that nothing else waits for it.
create or replace function public.notify_staff(
  p_kind text, p_ref_type text, p_invoice text, p_facts jsonb default '{}') returns void
language plpgsql set search_path = '' as $$
begin
  insert into public.telegram_outbox (chat_id, method, payload, ref_type, ref_id, dedupe_key, priority,
      next_attempt_at, created_at)
    select staff, 'sendMessage', p_facts || public.news_payload(p_kind, p_ref_type, p_invoice),
      -- Two messages of one order that failed are two pieces of news.
      p_ref_type, p_invoice, concat_ws(':', p_kind, p_facts ->> 'about', p_invoice, staff),
      case when p_kind in ('staff_order_paid', 'staff_deposit_paid', 'staff_payment_expired') then 6 else 5 end,
      niaga.now(), niaga.now()
    from public.staff_chats() staff
    on conflict (dedupe_key) do nothing;
end
$$;

create or replace function public.news_payload(p_kind text, p_ref_type text, p_id text) returns jsonb
language plpgsql immutable set search_path = '' as $$
begin
  return jsonb_build_object('kind', p_kind)
    || case when p_ref_type in ('order', 'deposit') then jsonb_build_object('invoice', p_id) else '{}' end;
end
$$;
