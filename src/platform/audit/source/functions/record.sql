-- Notes one change of a row for the audit database. For audit triggers; events without a row change: audit.emit.
-- p_subject_id: the person the row is about, so that their rows can be exported and anonymised.
create or replace function audit.record(
  p_action text, p_entity_type text, p_entity_id text, p_subject_id bigint,
  p_before jsonb, p_after jsonb, p_context jsonb default null) returns void
language plpgsql set search_path = '' as $$
begin
  insert into audit.outbox (occurred_at, actor_id, actor_type, correlation_id, ip, subject_id,
      entity_type, entity_id, action, before_state, after_state, context)
    values (niaga.now(), niaga.actor_id(), niaga.actor_type(), niaga.correlation_id(), niaga.ip(),
      p_subject_id::text, p_entity_type, p_entity_id, p_action, p_before, p_after, p_context);
  -- A commit that notifies holds a lock over the whole server while it flushes, so that notifying commits queue
  -- one behind the other. One notifier at a time is enough: whom it misses, the relay's poll finds in a second.
  if pg_try_advisory_xact_lock(hashtextextended('audit.outbox notify', 0)) then
    perform pg_notify('audit_outbox', '');
  end if;
end
$$;

-- Notes something that happened without changing a row: a login, an admin's command, a refusal.
create or replace function audit.emit(
  p_action text, p_entity_type text, p_entity_id text,
  p_subject_id bigint default null, p_context jsonb default null) returns void
language plpgsql set search_path = '' as $$
begin
  perform audit.record(p_action, p_entity_type, p_entity_id, p_subject_id, null, null, p_context);
end
$$;
