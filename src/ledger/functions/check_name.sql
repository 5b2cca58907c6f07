-- niaga:require functions/refuse.sql
-- family, then parts after . : or / without spaces: sales, user.42, liability:credit:7, cash/jakarta
create or replace function ledger.check_name() returns trigger
language plpgsql set search_path = '' as $$
begin
  if not coalesce(new.name ~ '^[a-z][a-z0-9_]*([.:/][^[:space:][:cntrl:]]+)*$' and length(new.name) <= 200, false) then
    perform ledger.refuse('ledger_account_name_invalid', format('%L cannot be the name of an account', new.name),
      jsonb_build_object('name', new.name));
  end if;
  return new;
end
$$;
