-- Trades a refresh token for its successor. Outcome:
--   rotated  the successor is stored and valid for p_ttl
--   reused   the token had been traded before: whoever else holds it is a thief or was robbed, the session ends
--   ended    expired, or its session was revoked
--   unknown  no such token
-- Reuse is an outcome and not an error, so that the revocation commits.
create or replace function niaga.rotate_refresh_token(p_hash bytea, p_next_hash bytea, p_ttl interval)
returns table (outcome text, session_id uuid, subject text)
language plpgsql set search_path = '' as $$
declare
  v_token niaga.refresh_token;
  v_session niaga.session;
begin
  -- The session is locked before the token is read for good: of two callers with one token the second sees
  -- the first one's mark, and a successor cannot slip past a revocation.
  select s.* into v_session from niaga.session s
    join niaga.refresh_token t on t.session_id = s.id
    where t.token_hash = p_hash for update of s;
  if v_session.id is null then
    return query select 'unknown', null::uuid, null::text;
    return;
  end if;
  select t.* into v_token from niaga.refresh_token t where t.token_hash = p_hash;
  -- It ended so long ago that it went while we waited.
  if not found then
    return query select 'unknown', null::uuid, null::text;
    return;
  end if;

  if v_token.used_at is not null then
    update niaga.session s set revoked_at = coalesce(s.revoked_at, niaga.now()) where s.id = v_session.id;
    outcome := 'reused';
  elsif v_session.revoked_at is not null or v_token.expires_at <= niaga.now() then
    outcome := 'ended';
  else
    update niaga.refresh_token t set used_at = niaga.now() where t.token_hash = p_hash;
    insert into niaga.refresh_token (token_hash, session_id, expires_at)
      values (p_next_hash, v_session.id, niaga.now() + p_ttl);
    outcome := 'rotated';
  end if;
  return query select outcome, v_session.id, v_session.subject;
end
$$;
