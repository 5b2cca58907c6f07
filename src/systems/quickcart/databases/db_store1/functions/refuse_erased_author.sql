-- Trigger function: nobody who was erased, or is just being erased, gets words of theirs stored again.
create or replace function public.refuse_erased_author() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform from public.users u where u.id = new.user_id and u.erased_at is null for key share;
  if not found then
    perform public.refuse('user_not_found');
  end if;
  return new;
end
$$;
