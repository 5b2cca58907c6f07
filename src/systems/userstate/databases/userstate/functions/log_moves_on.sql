-- Trigger function of the document logs: an event that comes late does not bring a document back to an earlier state; it
-- is left out. Argument: {"PENDING": ["PAID", ...], ...}.
create or replace function public.log_moves_on() returns trigger
language plpgsql set search_path = '' as $$
declare
  v_from constant text := old.doc ->> 'status';
  v_to constant text := new.doc ->> 'status';
begin
  if v_from = v_to or (tg_argv[0]::jsonb -> v_from) ? v_to then
    return new;
  end if;
  return null;
end
$$;
