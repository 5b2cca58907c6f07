-- A customer's message to the shop's people (QuickCart, UC 15): kept, and one copy on its way to each of the staff's
-- chats. The copies name the message; its text is read when they are sent. Answers the message's id.
-- Refuses with user_not_found, banned, and nobody_to_ask where no copy would reach anybody.
create or replace function public.write_to_staff(p_user bigint, p_body text, p_photo text) returns bigint
language plpgsql set search_path = '' as $$
declare
  v_id bigint;
begin
  perform public.lock_customer(p_user);
  insert into public.support_messages (user_id, direction, body, photo_file_id, created_at)
    values (p_user, 'to_admin', p_body, p_photo, niaga.now()) returning id into v_id;
  insert into public.telegram_outbox (chat_id, method, payload, ref_type, ref_id, dedupe_key, next_attempt_at,
      created_at)
    select staff, case when p_photo is null then 'sendMessage' else 'sendPhoto' end,
      jsonb_build_object('kind', 'support_message', 'message', v_id), 'support', v_id::text,
      concat_ws(':', 'support', v_id, staff), niaga.now(), niaga.now()
    from public.staff_chats() staff;
  if not found then
    perform public.refuse('nobody_to_ask');
  end if;
  return v_id;
end
$$;
