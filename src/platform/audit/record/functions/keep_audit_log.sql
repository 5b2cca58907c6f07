-- Trigger function: nobody changes or removes what was recorded, the owner included. The one exception is a row that
-- audit_anonymize is working on, and of it only the columns that an erasure concerns.
create or replace function public.keep_audit_log() returns trigger
language plpgsql set search_path = '' as $$
begin
  if tg_op = 'UPDATE' and current_setting('niaga.anonymizing', true) = old.id::text
    and new.payload_salt is null and new.anonymized_at is not null
    and (old.id, old.timestamp, old.actor_type, old.entity_type, old.action, old.event_id, old.payload_hash,
        old.prev_hash, old.row_hash)
      is not distinct from (new.id, new.timestamp, new.actor_type, new.entity_type, new.action, new.event_id,
        new.payload_hash, new.prev_hash, new.row_hash)
  then
    return new;
  end if;
  raise exception using
    errcode = 'NGQ03', constraint = 'audit_append_only',
    message = format('%s on audit_logs is not possible: the audit is append-only', tg_op);
end
$$;
