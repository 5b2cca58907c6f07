-- AFTER INSERT on a projected table (argument: the projection's id): opens the account of the new row. A value
-- above zero is what the row was inserted with: the opening account pays it, or, for held, owes it.
create or replace function ledger.projection_opened() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform ledger.open_projected(tg_argv[0]::integer, to_jsonb(new));
  return null;
end
$$;
