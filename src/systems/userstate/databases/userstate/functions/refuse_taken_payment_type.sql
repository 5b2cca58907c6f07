-- Trigger function: no two payment types are called the same. Inserted ones that repeat a name are left out (skip_repeat.sql);
-- adopted ones may repeat it, so that no index can say so.
-- niaga:require functions/refuse.sql
create or replace function public.refuse_taken_payment_type() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('payment_types ' || new.name, 0));
  if exists (select from public.payment_types t where t.name = new.name and t.id <> new.id) then
    perform public.refuse('payment_type_exists');
  end if;
  return new;
end
$$;
