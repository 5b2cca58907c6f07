-- Trigger function, its trigger's WHEN clause names the columns: what was agreed, sold or booked stays as it is, also
-- for whoever owns the tables.
create or replace function public.refuse_money_change() returns trigger
language plpgsql set search_path = '' as $$
begin
  raise exception using
    errcode = '23514',
    constraint = 'immutable_column',
    message = format('%s %s: what was agreed, sold or booked does not change', tg_table_name, old.id),
    detail = jsonb_build_object('table', tg_table_name, 'id', old.id::text);
end
$$;
