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
  -- Two admins who remove each other, one after the other.
  perform pg_advisory_xact_lock(hashtextextended('userstate admins', 0));
  delete from public.user_role r where r.username = p_username and r.role = p_role;
  if not found then
    perform public.refuse('not_found');
  end if;
  perform public.keep_an_admin();
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

create or replace function public.keep_an_admin() returns void
language plpgsql set search_path = '' as $$
begin
  if not exists (
    select from public.user_role r join public.user_login l on l.username = r.username
    where r.role = 'admin' and not l.disabled)
  then
    perform public.refuse('last_admin');
  end if;
end
$$;
