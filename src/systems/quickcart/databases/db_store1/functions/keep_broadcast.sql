-- Trigger function, its trigger's WHEN clause names the columns.
create or replace function public.keep_broadcast() returns trigger
language plpgsql set search_path = '' as $$
begin
  raise exception using
    errcode = '23514',
    constraint = 'immutable_column',
    message = format('broadcast %s: kind, text and author do not change', old.id),
    detail = jsonb_build_object('table', 'broadcasts', 'id', old.id::text);
end
$$;
