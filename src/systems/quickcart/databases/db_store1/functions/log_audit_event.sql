-- Trigger function of every audited table: notes the change in the audit outbox, without secrets, and without
-- the id of a person who was erased (QuickCart, 9).
-- niaga:require functions/audit_row.sql
-- niaga:require functions/audit_subject.sql
create or replace function public.log_audit_event() returns trigger
language plpgsql set search_path = '' as $$
declare
  v_before jsonb;
  v_after jsonb;
  v_subject bigint;
  v_erased_as bigint;
begin
  -- Retention notes counts alone: rows that are deleted to be forgotten are not copied on their way. Whoever only
  -- sets the setting, without owning the table, is audited as ever.
  if tg_op = 'DELETE' and current_setting('quickcart.retention', true) = 'on'
    and has_table_privilege(tg_relid, 'truncate') then
    return null;
  end if;
  if tg_op <> 'INSERT' then
    v_before := public.audit_row(tg_table_name, to_jsonb(old));
  end if;
  if tg_op <> 'DELETE' then
    v_after := public.audit_row(tg_table_name, to_jsonb(new));
  end if;
  -- A revived profile must not lead back to the pseudonym of the erased one.
  if v_before ->> 'erased_as' is not null and v_after is not null and v_after ->> 'erased_as' is null then
    v_before := null;
  end if;
  v_subject := public.audit_subject(tg_table_name, coalesce(v_after, v_before), v_before);
  -- Nearly always nobody is erased, and then this is one look into an index.
  if exists (select from public.users u where u.erased_as is not null) or v_before ->> 'erased_as' is not null then
    select u.erased_as into v_erased_as from public.users u where u.id = v_subject;
    v_before := public.audit_pseudonyms(tg_table_name, v_before);
    v_after := public.audit_pseudonyms(tg_table_name, v_after);
  end if;
  perform audit.record(
    case tg_op when 'INSERT' then 'create' when 'UPDATE' then 'update' else 'delete' end,
    tg_table_name,
    public.audit_entity_id(coalesce(v_after, v_before)),
    coalesce(v_erased_as, v_subject), v_before, v_after);
  return null;
end
$$;
