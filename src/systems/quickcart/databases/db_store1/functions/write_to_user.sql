-- A message of the staff to one person (QuickCart, UC 15 and /pm): kept, and on its way. Answers its id.
--   p_in_reply_to: the customer's message that this answers; null for one out of the blue
-- Refuses with user_not_found (also for an erased person) and user_unreachable (who blocked the bot).
create or replace function public.write_to_user(
  p_admin bigint, p_user bigint, p_body text, p_photo text, p_in_reply_to bigint) returns bigint
language plpgsql set search_path = '' as $$
declare
  v_blocked boolean;
  v_id bigint;
begin
  -- An erasure that runs now waits, and then blanks this message too.
  select u.blocked_bot_at is not null into v_blocked from public.users u
    where u.id = p_user and u.erased_at is null for no key update;
  if not found then
    perform public.refuse('user_not_found');
  end if;
  if v_blocked then
    perform public.refuse('user_unreachable');
  end if;
  insert into public.support_messages (user_id, direction, admin_id, body, photo_file_id, in_reply_to, created_at)
    values (p_user, 'to_user', p_admin, p_body, p_photo, p_in_reply_to, niaga.now()) returning id into v_id;
  insert into public.telegram_outbox (chat_id, method, payload, ref_type, ref_id, dedupe_key, priority,
      next_attempt_at, created_at)
    values (p_user, case when p_photo is null then 'sendMessage' else 'sendPhoto' end,
      jsonb_build_object('kind', 'support_answer', 'message', v_id), 'support', v_id::text,
      concat_ws(':', 'support', v_id, p_user), 3, niaga.now(), niaga.now());
  return v_id;
end
$$;
