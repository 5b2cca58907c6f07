-- Erases a person, whole, in one transaction (QuickCart, 12): what is personal goes, what the books need stays, and the
-- permanent record is told last whom to forget (the relay then runs audit_anonymize there).
--   p_forfeit: the most that they give up of their balance; 0 where they were not asked
-- Answers the privacy request; minus its id is the pseudonym. Refuses with user_not_found, erasure_blocked {reason},
-- balance_not_zero {balance}.
-- With the owner's rights: the role falls back, and what came in from the chat is deleted.
create or replace function public.erase_user(p_user bigint, p_forfeit numeric) returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  v_user public.users;
  v_request bigint;
begin
  -- Stronger than everybody else's lock: whoever is about to write something that names this person waits too.
  select * into v_user from public.users u where u.id = p_user for update;
  if not found or v_user.erased_at is not null then
    perform public.refuse('user_not_found');
  end if;
  perform public.check_erasable(v_user);
  if v_user.account_balance > p_forfeit then
    perform public.refuse('balance_not_zero', jsonb_build_object('balance', v_user.account_balance::text));
  end if;

  insert into public.privacy_requests (user_id, kind, forfeited_amount, requested_at)
    values (p_user, 'erasure', v_user.account_balance, niaga.now())
    returning id into v_request;
  perform public.post_transfers('forfeit:' || v_request, array['user.' || p_user], array['forfeited'],
    array[v_user.account_balance]);
  perform public.close_exports(p_user);
  perform public.forget_conversation(p_user);
  update public.privacy_requests r set status = 'processing' where r.id = v_request;
  update public.privacy_requests r set status = 'done', completed_at = niaga.now() where r.id = v_request;
  update public.users u set name = 'Deleted user', username = null, email = null, whatsapp_number = null,
      member_status = 'customer', erased_at = niaga.now(), erased_as = -v_request
    where u.id = p_user;
  perform niaga.enqueue('quickcart.privacy_process', jsonb_build_object('id', v_request),
    p_key => 'privacy:' || v_request);
  -- Who asked for it is not named beside the pseudonym.
  if niaga.actor_id() = p_user::text then
    perform set_config('niaga.actor_id', (-v_request)::text, true), set_config('niaga.ip', '', true);
  end if;
  perform audit.emit('anonymize', 'users', (-v_request)::text, -v_request,
    jsonb_build_object('user_id', p_user, 'pseudonym', -v_request));
  return v_request;
end
$$;

-- Refuses with erasure_blocked {reason} while somebody is owed something, or runs the shop.
create or replace function public.check_erasable(p_user public.users) returns void
language plpgsql stable set search_path = '' as $$
declare
  v_reason text := case
    when p_user.member_status = 'admin' then 'admin'
    when exists (select from public.orders o where o.user_id = p_user.id and o.status = 'pending') then 'pending_order'
    when exists (select from public.deposits d where d.user_id = p_user.id and d.status = 'pending')
      then 'pending_deposit'
    when exists (select from public.payments p where p.user_id = p_user.id and p.status in ('creating', 'awaiting'))
      then 'open_payment'
    when exists (select from public.refunds r where r.user_id = p_user.id and r.status = 'requested')
      then 'open_refund' end;
begin
  if v_reason is not null then
    perform public.refuse('erasure_blocked', jsonb_build_object('reason', v_reason));
  end if;
end
$$;

-- Downloads end now; one that is just being made finds itself closed and throws its file away.
create or replace function public.close_exports(p_user bigint) returns void
language plpgsql set search_path = '' as $$
begin
  update public.privacy_requests r set status = 'rejected', error = 'erased', completed_at = niaga.now()
    where r.user_id = p_user and r.kind = 'export' and r.status = 'requested';
  update public.privacy_requests r set status = 'done', error = 'erased', completed_at = niaga.now()
    where r.user_id = p_user and r.kind = 'export' and r.status = 'processing';
  update public.privacy_requests r set download_until = niaga.now()
    where r.user_id = p_user and r.kind = 'export' and r.download_until > niaga.now();
end
$$;

-- What was said in the chat, who is signed in, and whatever a group's updates say of them.
create or replace function public.forget_conversation(p_user bigint) returns void
language plpgsql set search_path = '' as $$
begin
  update public.support_messages m set body = '', photo_file_id = null where m.user_id = p_user;
  -- All of them, said so that each part has an index that knows its chat.
  delete from public.telegram_outbox o where o.chat_id = p_user
    and (o.status in ('queued', 'sending') or o.message_id is not null
      or o.message_id is null and o.status in ('sent', 'failed'));
  -- Looked for as bytes: the bot stores JSON without spaces, in which no text can look like a member, since its quotes
  -- are escaped. What somebody else wrote may be nothing that jsonb takes, and a week of updates is long to parse.
  delete from niaga.inbox i where i.source = 'telegram'
    and (i.queue = p_user::text or i.status not in ('received', 'processing')
      and (position(convert_to('"id":' || p_user || ',', 'UTF8') in i.body) > 0
        or position(convert_to('"id":' || p_user || '}', 'UTF8') in i.body) > 0));
  delete from niaga.session s where s.subject = p_user::text;
end
$$;
