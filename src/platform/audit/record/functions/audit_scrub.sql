-- One state or context of an audit row without this person. p_entity_type tells whether "id" is a person's.
create or replace function public.audit_scrub(
  p_entity_type text, p_state jsonb, p_subject bigint, p_pseudonym bigint) returns jsonb
language plpgsql immutable set search_path = '' as $$
declare
  v_key text;
  v_own constant boolean := p_state ->> case p_entity_type when 'users' then 'id' else 'user_id' end = p_subject::text;
begin
  foreach v_key in array array['user_id', 'used_by', 'created_by', 'updated_by', 'added_by', 'admin_id', 'decided_by',
    'recorded_by', 'target_user_id', 'chat_id', case p_entity_type when 'users' then 'id' else 'user_id' end]
  loop
    if p_state ->> v_key = p_subject::text then
      p_state := p_state || jsonb_build_object(v_key, p_pseudonym);
    end if;
  end loop;
  if v_own then
    foreach v_key in array array['name', 'username', 'email', 'whatsapp_number'] loop
      if p_state ->> v_key is not null then
        p_state := p_state || jsonb_build_object(v_key, '[anonymized]'::text);
      end if;
    end loop;
  end if;
  return p_state;
end
$$;
