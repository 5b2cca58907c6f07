-- A bank or e-wallet under its number, made or replaced (UserState, U24); of two at once the later one stands.
-- Where people have accounts it stays the bank they named. Refuses with bank_channel_in_use.
-- niaga:require functions/refuse.sql
create or replace function public.put_bank_channel(p_id integer, p_code text, p_type text, p_currency text,
  p_description text, p_alias text, p_active boolean, p_xendit_code text) returns void
language plpgsql set search_path = '' as $$
begin
  -- As the trigger of inserts does (skip_repeat.sql).
  perform pg_advisory_xact_lock(hashtextextended('bank_channel ' || p_id, 0));
  if exists (
    select from public.bank_channel c
    where c.id = p_id and exists (select from public.bank_account a where a.channel = c.id)
      and (c.type, c.currency, coalesce(c.xendit_code, 'ID_' || c.code))
        is distinct from (p_type, p_currency, coalesce(p_xendit_code, 'ID_' || p_code)))
  then
    perform public.refuse('bank_channel_in_use');
  end if;
  update public.bank_channel c set code = p_code, type = p_type, currency = p_currency, description = p_description,
    alias = p_alias, active = p_active, xendit_code = p_xendit_code
  where c.id = p_id;
  if not found then
    insert into public.bank_channel (id, code, type, currency, description, alias, active, xendit_code)
    values (p_id, p_code, p_type, p_currency, p_description, p_alias, p_active, p_xendit_code);
  end if;
end
$$;
