-- Takes the lock that comes before every other (QuickCart, 4): the person's row. Refuses with user_not_found (also
-- where they were erased a moment ago) and banned.
create or replace function public.lock_customer(p_user bigint) returns void
language plpgsql set search_path = '' as $$
declare
  v_banned boolean;
  v_erased_at timestamptz;
begin
  select u.is_banned, u.erased_at into v_banned, v_erased_at from public.users u where u.id = p_user for no key update;
  if not found or v_erased_at is not null then
    perform public.refuse('user_not_found');
  end if;
  if v_banned then
    perform public.refuse('banned');
  end if;
end
$$;
