-- Trigger function for a settings table (key, value): tells every process which key changed.
create or replace function niaga.settings_changed() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform pg_notify('settings_changed', tg_table_name || ':' || coalesce(new.key, old.key));
  return null;
end
$$;
