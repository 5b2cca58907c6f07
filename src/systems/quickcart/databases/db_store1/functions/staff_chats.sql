-- Where the staff reads: the chats of all admins who can be reached, and the notification groups.
create or replace function public.staff_chats() returns setof bigint
language sql stable set search_path = '' as $$
  select u.id from public.users u
    where u.member_status = 'admin' and not u.is_banned and u.erased_at is null and u.blocked_bot_at is null
  union all
  select g.chat_id from public.notification_groups g
$$;
