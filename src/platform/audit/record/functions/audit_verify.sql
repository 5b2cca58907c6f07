-- Walks the chain and answers {ok, checked, first_bad_id, problem, missing_anchor}; the last three are null in health.
--   p_anchors: heads that the shop noted, [{"audit_id", "row_hash", "row_count"}]: each must still be there with as
--   many rows up to it, which is how a cut tail is found
-- Problems: broken_link, row_hash, payload_hash, unlisted_anonymization (an anonymised row whose present payload no
-- later `anonymize` row lists), anchor.
-- niaga:require functions/audit_row_hash.sql
create or replace function public.audit_verify(p_anchors jsonb default '[]') returns jsonb
language plpgsql stable set search_path = 'pg_catalog' as $$
declare
  v_checked bigint;
  v_bad record;
  v_anchor jsonb;
begin
  select count(*) into v_checked from public.audit_logs;
  select bad.id, bad.problem into v_bad
  from (
    select l.id, case
      when l.prev_hash <> lag(l.row_hash, 1, repeat('0', 64)) over (order by l.id) then 'broken_link'
      when l.row_hash <> public.audit_row_hash(l.prev_hash, l.id, l.timestamp, l.actor_type, l.entity_type, l.action,
        l.event_id, l.payload_hash) then 'row_hash'
      when l.payload_salt is not null and l.payload_hash <> public.audit_payload_hash(l.payload_salt, l.actor_id,
        l.entity_id, l.subject_id, l.before_state, l.after_state, l.context, l.ip_address) then 'payload_hash'
      when l.payload_salt is null and not public.audit_anonymization_listed(l.id, public.audit_payload_hash(null,
        l.actor_id, l.entity_id, l.subject_id, l.before_state, l.after_state, l.context, l.ip_address))
        then 'unlisted_anonymization' end as problem
    from public.audit_logs l) bad
  where bad.problem is not null order by bad.id limit 1;

  select a.value into v_anchor
  from jsonb_array_elements(p_anchors) a
  left join public.audit_logs l on l.id = (a.value ->> 'audit_id')::bigint
  where l.row_hash is distinct from a.value ->> 'row_hash'
    or (a.value ->> 'row_count')::bigint <> (select count(*) from public.audit_logs o where o.id <= l.id)
  order by (a.value ->> 'audit_id')::bigint limit 1;

  return jsonb_build_object('ok', v_bad.id is null and v_anchor is null, 'checked', v_checked,
    'first_bad_id', v_bad.id, 'problem', coalesce(v_bad.problem, case when v_anchor is not null then 'anchor' end),
    'missing_anchor', v_anchor);
end
$$;

-- True where the newest `anonymize` row that names this row lists its present payload.
create or replace function public.audit_anonymization_listed(p_id bigint, p_payload_sha256 text) returns boolean
language sql stable set search_path = 'pg_catalog' as $$
  select (
    select listed.value ->> 'payload_sha256'
    from public.audit_logs l, jsonb_array_elements(l.context -> 'rows') listed
    where l.action = 'anonymize' and l.id > p_id and listed.value ->> 'id' = p_id::text
    order by l.id desc limit 1) is not distinct from p_payload_sha256
$$;
