-- Trigger function of the audit outbox: what is noted about an erased person after their erasure (money that comes
-- late, an admin who looks) names their pseudonym, so that their id does not come back into the permanent record.
-- niaga:require functions/audit_subject.sql
create or replace function public.pseudonymise_event() returns trigger
language plpgsql set search_path = '' as $$
declare
  v_subject text;
begin
  -- Nearly always nobody is erased, and then this is one look into an index.
  if not exists (select from public.users u where u.erased_as is not null) then
    return new;
  end if;
  v_subject := public.audit_pseudonym(new.subject_id);
  if new.entity_type = 'users' then
    new.entity_id := public.audit_pseudonym(new.entity_id);
  end if;
  if v_subject is distinct from new.subject_id then
    new.subject_id := v_subject;
    new.ip := null;
  end if;
  new.actor_id := public.audit_pseudonym(new.actor_id);
  new.context := public.audit_pseudonyms(new.entity_type, new.context);
  return new;
end
$$;
