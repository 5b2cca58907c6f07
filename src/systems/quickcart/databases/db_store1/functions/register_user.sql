-- First contact makes the row (QuickCart, 2); every later one follows the Telegram handle and notes that the bot is no
-- longer blocked. An erased person comes back as a new profile. Answers true where the row is new or revived.
-- Refuses with no_bank_id_left.
create or replace function public.register_user(p_id bigint, p_name text, p_username text) returns boolean
language plpgsql set search_path = '' as $$
declare
  v_user public.users;
  -- Telegram ends names at 64 letters; one that came longer is no reason to refuse the person.
  v_name text := left(coalesce(nullif(btrim(p_name), ''), 'Anonymous'), 255);
  v_handle text := nullif(btrim(p_username), '');
  v_bank_id text;
begin
  select * into v_user from public.users u where u.id = p_id;
  if found and v_user.username is not distinct from v_handle
    and v_user.erased_at is null and v_user.blocked_bot_at is null then
    return false;
  end if;
  -- Telegram gives a handle to one person at a time: who has it now is right.
  update public.users u set username = null where u.username = v_handle and u.id <> p_id;
  for v_try in 1..100 loop
    -- Nearly always the first one is free; where hardly any is left, luck does not find it.
    v_bank_id := case when v_try <= 20 then public.random_code(6, '0123456789') else public.free_bank_id() end;
    insert into public.users (id, name, username, bank_id, created_at, updated_at)
      select p_id, v_name, v_handle, v_bank_id, niaga.now(), niaga.now() where v_bank_id is not null
      on conflict do nothing;
    if found then
      return true;
    end if;
    update public.users u set
        username = v_handle, blocked_bot_at = null, erased_at = null, erased_as = null,
        name = case when u.erased_at is null then u.name else v_name end
      where u.id = p_id;
    -- Not there either: the drawn bank id was taken, and another is drawn.
    if found then
      return v_user.erased_at is not null;
    end if;
    exit when v_bank_id is null;
  end loop;
  perform public.refuse('no_bank_id_left');
end
$$;

-- Any number of six digits that nobody has; null where all are taken.
create or replace function public.free_bank_id() returns text
language sql volatile set search_path = '' as $$
  select n.id from (select lpad(i::text, 6, '0') as id from generate_series(0, 999999) i) n
    where not exists (select from public.users u where u.bank_id = n.id)
    limit 1
$$;
