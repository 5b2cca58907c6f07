-- Trigger function: ties a new row to the last one, whoever inserts it and whatever they say about the chain.
-- The lock comes before the id, so that ids grow in the order of the chain, and without gaps: a missing number is a
-- missing row. READ COMMITTED only: a writer that waited
-- must see what the one before it committed, which older snapshots would hide; there UNIQUE(prev_hash) refuses.
-- niaga:require functions/audit_row_hash.sql
create or replace function public.chain_audit_log() returns trigger
language plpgsql set search_path = 'pg_catalog' as $$
declare
  v_last record;
begin
  perform pg_advisory_xact_lock(hashtextextended('public.audit_logs chain', 0));
  select l.id, l.row_hash into v_last from public.audit_logs l order by l.id desc limit 1;
  new.id := coalesce(v_last.id, 0) + 1;
  new.event_id := coalesce(new.event_id, gen_random_uuid());
  new.anonymized_at := null;
  new.prev_hash := coalesce(v_last.row_hash, repeat('0', 64));
  -- 366 bits from the cryptographic source, folded into 32 bytes.
  new.payload_salt := encode(sha256(
    uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex');
  new.payload_hash := public.audit_payload_hash(new.payload_salt, new.actor_id, new.entity_id, new.subject_id,
    new.before_state, new.after_state, new.context, new.ip_address);
  new.row_hash := public.audit_row_hash(new.prev_hash, new.id, new.timestamp, new.actor_type, new.entity_type,
    new.action, new.event_id, new.payload_hash);
  return new;
end
$$;
