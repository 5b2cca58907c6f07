-- "user.{id}" and 42 -> "user.42". The key may not carry a separator of the pattern, so that no key can reach
-- into another account's name.
create or replace function ledger.account_name(p_pattern text, p_key text) returns text
language plpgsql immutable set search_path = '' as $$
begin
  if p_key is null or p_key !~ '^[^[:space:][:cntrl:]]+$'
    or exists (select from unnest(array['.', ':', '/']) s (separator)
      where strpos(p_pattern, separator) > 0 and strpos(p_key, separator) > 0)
  then
    perform ledger.refuse('ledger_account_name_invalid', format('%L cannot stand in an account name', p_key),
      jsonb_build_object('name', p_key));
  end if;
  return regexp_replace(p_pattern, '\{[^}]*\}', replace(p_key, '\', '\\'));
end
$$;
