-- Addresses (UserState, U10): whoever has any has exactly one primary one. Everything here begins with the user's row.

create or replace function public.lock_addresses(p_username text) returns void
language sql volatile set search_path = '' as $$
  select from public.user_login l where l.username = p_username for no key update
$$;

-- Moves the flag. Refuses with not_found.
create or replace function public.make_primary(p_username text, p_address bigint) returns void
language plpgsql set search_path = '' as $$
begin
  perform public.lock_addresses(p_username);
  if not exists (select from public.address_list a where a.address_id = p_address and a.username = p_username) then
    perform public.refuse('not_found');
  end if;
  update public.address_list a set primary_address = false
  where a.username = p_username and a.primary_address and a.address_id <> p_address;
  update public.address_list a set primary_address = true where a.address_id = p_address and not a.primary_address;
end
$$;

-- Takes one away; where it was the primary one, the one that was changed last takes its place. Refuses with not_found.
create or replace function public.remove_address(p_username text, p_address bigint) returns void
language plpgsql set search_path = '' as $$
declare
  v_was_primary boolean;
begin
  perform public.lock_addresses(p_username);
  delete from public.address_list a where a.address_id = p_address and a.username = p_username
  returning a.primary_address into v_was_primary;
  if not found then
    perform public.refuse('not_found');
  end if;
  if v_was_primary then
    update public.address_list a set primary_address = true
    where a.address_id = (
      select o.address_id from public.address_list o
      where o.username = p_username order by o.updated_at desc, o.address_id desc limit 1);
  end if;
end
$$;
