-- Staff roles (UserState, 9), given and taken by functions alone: the application may not write user_role.
-- niaga:require functions/refuse.sql
create or replace function public.grant_role(p_username text, p_role text, p_by text) returns void
language plpgsql security definer set search_path = '' as $$
begin
  perform public.demand_admin(p_by);
  if not exists (select from public.user_login l where l.username = p_username) then
    perform public.refuse('not_found');
  end if;
  insert into public.user_role (username, role, granted_by, created_at) values (p_username, p_role, p_by, niaga.now())
  on conflict (username, role) do nothing;
end
$$;

-- Refuses with last_admin where nobody who is enabled would be left.
create or replace function public.revoke_role(p_username text, p_role text, p_by text) returns void
language plpgsql security definer set search_path = '' as $$
begin
  perform public.demand_admin(p_by);
  delete from public.user_role r where r.username = p_username and r.role = p_role;
  if not found then
    perform public.refuse('not_found');
  end if;
end
$$;

-- Whoever asks is an admin; null is the operator of the command line, who acts as the owner.
create or replace function public.demand_admin(p_by text) returns void
language plpgsql set search_path = '' as $$
begin
  if p_by is null and session_user = 'niaga_app' or p_by is not null and not exists (
    select from public.user_role r join public.user_login l on l.username = r.username
    where r.username = p_by and r.role = 'admin' and not l.disabled)
  then
    perform public.refuse('forbidden');
  end if;
end
$$;

-- Those who take admins away at once look one after the other: each sees what the one before has left. It locks nothing else
-- but the row that is being changed, which comes before.
create or replace function public.keep_an_admin() returns void
language plpgsql set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('userstate admins', 0));
  if not exists (
    select from public.user_role r join public.user_login l on l.username = r.username
    where r.role = 'admin' and not l.disabled)
  then
    perform public.refuse('last_admin');
  end if;
end
$$;

-- Trigger function of user_role and user_login: an admin who loses the role or is shut out leaves another one behind.
create or replace function public.guard_last_admin() returns trigger
language plpgsql set search_path = '' as $$
begin
  if tg_table_name = 'user_login' and exists (
      select from public.user_role r where r.username = old.username and r.role = 'admin')
    or tg_table_name = 'user_role' and exists (
      select from public.user_login l where l.username = old.username and not l.disabled)
  then
    perform public.keep_an_admin();
  end if;
  return null;
end
$$;

-- Trigger function of user_role: truncated, it would lose all of them at once.
create or replace function public.keep_admins() returns trigger
language plpgsql set search_path = '' as $$
begin
  if exists (select from public.user_role r where r.role = 'admin') then
    perform public.refuse('last_admin');
  end if;
  return null;
end
$$;
