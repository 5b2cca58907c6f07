-- The digests of one audit row (QuickCart, 9). jsonb's text is canonical: keys sorted, spacing fixed, so that the same
-- values give the same text for ever. The payload is what anonymisation may change; the row holds only its digest.
create or replace function public.audit_payload_hash(
  p_salt text, p_actor_id bigint, p_entity_id text, p_subject_id bigint, p_before jsonb, p_after jsonb,
  p_context jsonb, p_ip inet) returns text
language sql immutable parallel safe as $$
  select encode(sha256(convert_to(coalesce(p_salt, '') || jsonb_build_array(
    p_actor_id, p_entity_id, p_subject_id, p_before, p_after, p_context, p_ip)::text, 'UTF8')), 'hex')
$$;

create or replace function public.audit_row_hash(
  p_prev_hash text, p_id bigint, p_timestamp timestamptz, p_actor_type text, p_entity_type text, p_action text,
  p_event_id uuid, p_payload_hash text) returns text
language sql immutable parallel safe as $$
  select encode(sha256(convert_to(jsonb_build_array(
    p_prev_hash, p_id, (extract(epoch from p_timestamp) * 1000000)::bigint, p_actor_type, p_entity_type, p_action,
    p_event_id, p_payload_hash)::text, 'UTF8')), 'hex')
$$;
