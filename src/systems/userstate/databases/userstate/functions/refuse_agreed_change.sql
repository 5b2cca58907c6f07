-- Trigger function: figures, parties and numbers stay as they were agreed.
-- niaga:require functions/refuse.sql
create or replace function public.refuse_agreed_change() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform public.refuse('immutable_column', jsonb_build_object('table', tg_table_name, 'id', old.id));
  return null;
end
$$;
