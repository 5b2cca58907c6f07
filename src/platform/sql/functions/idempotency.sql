-- Idempotency keys, with the effect's own transaction as their safety:
--   v_answer := niaga.idempotency_begin(scope, key, hash);   -- not null: that is the answer, do nothing
--   ... the effect ...
--   perform niaga.idempotency_finish(scope, key, hash, answer);
-- A failed effect rolls its key back too, so that the same request may be tried again.

-- Null when the caller is first and must do the work; the stored answer when it was done before.
-- Raises idempotency_conflict (the key came with another request) and idempotency_in_flight (another open
-- transaction holds it: never waits, since a waiting double click would hold a connection each).
create or replace function niaga.idempotency_begin(p_scope text, p_key text, p_request_hash text) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_known niaga.idempotency;
begin
  select * into v_known from niaga.idempotency i where i.scope = p_scope and i.key = p_key;
  if v_known.key is null then
    if not pg_try_advisory_xact_lock(hashtextextended(p_scope || chr(31) || p_key, 0)) then
      raise exception 'a request with this idempotency key is still being processed'
        using errcode = 'NGP02', constraint = 'idempotency_in_flight';
    end if;
    -- Again under the lock: whoever held it may have committed since the first look.
    select * into v_known from niaga.idempotency i where i.scope = p_scope and i.key = p_key;
  end if;
  if v_known.request_hash <> p_request_hash then
    raise exception 'this idempotency key was used for another request'
      using errcode = 'NGP01', constraint = 'idempotency_conflict';
  end if;
  return v_known.answer;
end
$$;

create or replace function niaga.idempotency_finish(
  p_scope text, p_key text, p_request_hash text, p_answer jsonb) returns void
language plpgsql set search_path = '' as $$
begin
  insert into niaga.idempotency (scope, key, request_hash, answer, created_at)
    values (p_scope, p_key, p_request_hash, p_answer, niaga.now());
end
$$;
