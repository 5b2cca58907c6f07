-- Makes somebody a customer, reseller or admin (QuickCart, UC 20) and says so to them and to the other admins.
--   p_from: only where that is what they are; null: whatever they are
-- Answers what they were before. Refuses with user_not_found, illegal_transition, last_admin, and target_is_banned
-- where a banned person would become an admin.
-- As the owner: a role is not a column that the application may write.
create or replace function public.set_member_status(p_user bigint, p_to text, p_from text default null) returns text
language plpgsql security definer set search_path = '' as $$
declare
  v_from text;
begin
  -- With every admin, in the order of their ids: of two who demote each other the second finds that he is the last.
  perform from public.users u
    where u.id = p_user or (u.member_status = 'admin' and p_to <> 'admin') order by u.id for no key update;
  v_from := public.lock_person(p_user);
  if p_from <> v_from then
    perform public.refuse_transition('users', p_user::text, v_from, p_to);
  end if;
  if v_from = p_to then
    return v_from;
  end if;
  if p_to = 'admin' and (select u.is_banned from public.users u where u.id = p_user) then
    perform public.refuse('target_is_banned');
  end if;
  if v_from = 'admin' and not exists (
      select from public.users u where u.member_status = 'admin' and u.id <> p_user and not u.is_banned
        and u.erased_at is null) then
    perform public.refuse('last_admin');
  end if;
  update public.users u set member_status = p_to where u.id = p_user;
  perform public.announce_role(p_user, v_from, p_to);
  return v_from;
end
$$;

-- The person hears of a rise, the other admins of every change; an admin's command menu comes and goes with the role.
create or replace function public.announce_role(p_user bigint, p_from text, p_to text) returns void
language plpgsql set search_path = '' as $$
begin
  insert into public.telegram_outbox (chat_id, method, payload, priority, next_attempt_at, created_at)
    select news.chat_id, news.method, news.payload, 3, niaga.now(), niaga.now()
    from (
      select p_user as chat_id, 'sendMessage' as method, jsonb_build_object('kind', 'role_raised', 'role', p_to) as payload
        where p_to <> 'customer'
      union all
      select p_user, case p_to when 'admin' then 'setMyCommands' else 'deleteMyCommands' end,
        jsonb_build_object('kind', 'command_menu') where 'admin' in (p_from, p_to)
      union all
      select u.id, 'sendMessage', jsonb_build_object('kind', 'staff_role_changed', 'user_id', p_user, 'role', p_to)
        from public.users u
        where u.member_status = 'admin' and not u.is_banned and u.erased_at is null and u.blocked_bot_at is null
          and u.id <> p_user and u.id::text is distinct from niaga.actor_id()) news;
end
$$;
