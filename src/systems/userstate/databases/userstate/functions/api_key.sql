-- Keys of services (UserState, U22), made and revoked by functions alone. The row's id in lists is the first 16 hex digits
-- of the SHA-256 of `key`, which is itself a hash.
-- niaga:require functions/staff_role.sql
create or replace function public.api_key_id(p_key text) returns text
language sql immutable set search_path = '' as $$
  select left(encode(sha256(convert_to(p_key, 'UTF8')), 'hex'), 16)
$$;

-- Refuses with api_key_limit where the holder has five live ones.
create or replace function public.create_api_key(
  p_holder text, p_key text, p_prefix text, p_scopes text[], p_expires_at timestamptz, p_by text) returns text
language plpgsql security definer set search_path = '' as $$
begin
  perform public.demand_admin(p_by);
  perform pg_advisory_xact_lock(hashtextextended('api_key ' || p_holder, 0));
  if 5 <= (
    select count(*) from public.api_key k
    where k.holder = p_holder and k.revoked_at is null and (k.expires_at is null or k.expires_at > niaga.now()))
  then
    perform public.refuse('api_key_limit', '{"limit": 5}');
  end if;
  insert into public.api_key (key, holder, prefix, scopes, expires_at, created_at, updated_at)
  values (p_key, p_holder, p_prefix, p_scopes, p_expires_at, niaga.now(), niaga.now());
  return public.api_key_id(p_key);
end
$$;

create or replace function public.revoke_api_key(p_id text, p_by text) returns void
language plpgsql security definer set search_path = '' as $$
begin
  perform public.demand_admin(p_by);
  update public.api_key k set revoked_at = coalesce(k.revoked_at, niaga.now()) where public.api_key_id(k.key) = p_id;
  if not found then
    perform public.refuse('not_found');
  end if;
end
$$;
