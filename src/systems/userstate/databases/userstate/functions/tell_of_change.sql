-- Trigger function: has a person with a device told of what became of their money, once the change has committed. In the
-- database, so that no way to the same end forgets it.
create or replace function public.tell_of_change() returns trigger
language plpgsql set search_path = '' as $$
begin
  if exists (select from public.fcm f where f.username = new.username and f.enabled) then
    perform niaga.enqueue('push.tell',
      jsonb_build_object('what', tg_table_name, 'id', new.id::text, 'status', new.status));
  end if;
  return null;
end
$$;
