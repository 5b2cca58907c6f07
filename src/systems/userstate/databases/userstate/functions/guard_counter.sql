-- Trigger function: a number that was used is never used again. A lower counter needs a later month.
-- niaga:require functions/refuse.sql
-- niaga:require functions/counter_month.sql
create or replace function public.guard_counter() returns trigger
language plpgsql set search_path = '' as $$
begin
  if public.counter_month(new.month) < public.counter_month(old.month)
    or (new.counter < old.counter and public.counter_month(new.month) = public.counter_month(old.month))
  then
    perform public.refuse('counter_goes_back', jsonb_build_object('type', old.type));
  end if;
  return new;
end
$$;
