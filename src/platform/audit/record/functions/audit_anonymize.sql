-- Replaces a person by a pseudonym in every row that knows them: as actor, as subject, as the changed user, and under
-- any person key in the states and the context. Names and addresses of theirs become "[anonymized]", their ip and
-- the row's salt are gone; the chain stays valid, since it holds digests only. Reads the whole table, which an
-- erasure is worth (QuickCart, 12).
-- Answers the context that the erasure's `anonymize` row must carry, so that audit_verify can tell these changes from
-- others: {"rows": [{"id": 7, "payload_sha256": "..."}]}.
-- niaga:require functions/audit_row_hash.sql
create or replace function public.audit_anonymize(p_subject bigint, p_pseudonym bigint) returns jsonb
language plpgsql security definer set search_path = 'pg_catalog' as $$
declare
  v_row public.audit_logs;
  v_rows jsonb := '[]';
begin
  for v_row in
    select * from public.audit_logs l
    where l.subject_id = p_subject or l.actor_id = p_subject
      or (l.entity_type = 'users' and l.entity_id = p_subject::text)
      or public.audit_scrub(l.entity_type, l.before_state, p_subject, p_pseudonym) is distinct from l.before_state
      or public.audit_scrub(l.entity_type, l.after_state, p_subject, p_pseudonym) is distinct from l.after_state
      or public.audit_scrub(null, l.context, p_subject, p_pseudonym) is distinct from l.context
    order by l.id
  loop
    perform set_config('niaga.anonymizing', v_row.id::text, true);
    update public.audit_logs l set
        actor_id = case when l.actor_id = p_subject then p_pseudonym else l.actor_id end,
        subject_id = case when l.subject_id = p_subject then p_pseudonym else l.subject_id end,
        entity_id = case when l.entity_type = 'users' and l.entity_id = p_subject::text
          then p_pseudonym::text else l.entity_id end,
        before_state = public.audit_scrub(l.entity_type, l.before_state, p_subject, p_pseudonym),
        after_state = public.audit_scrub(l.entity_type, l.after_state, p_subject, p_pseudonym),
        context = public.audit_scrub(null, l.context, p_subject, p_pseudonym),
        ip_address = case when p_subject in (l.actor_id, l.subject_id) then null else l.ip_address end,
        payload_salt = null,
        anonymized_at = coalesce(l.anonymized_at, niaga.now())
      where l.id = v_row.id
      returning * into v_row;
    v_rows := v_rows || jsonb_build_object('id', v_row.id, 'payload_sha256',
      public.audit_payload_hash(null, v_row.actor_id, v_row.entity_id, v_row.subject_id, v_row.before_state,
        v_row.after_state, v_row.context, v_row.ip_address));
  end loop;
  perform set_config('niaga.anonymizing', '', true);
  return jsonb_build_object('rows', v_rows);
end
$$;
