-- The person a row is about, so that their part of the audit can be exported and anonymised; null for none.
-- p_before tells the order that a good has just been released from.
create or replace function public.audit_subject(p_table text, p_row jsonb, p_before jsonb) returns bigint
language plpgsql stable set search_path = '' as $$
begin
  if p_row ? 'user_id' then
    return p_row ->> 'user_id';
  elsif p_table = 'users' then
    return coalesce(p_row ->> 'erased_as', p_row ->> 'id');
  elsif p_row ? 'order_id' then
    return coalesce((p_row ->> 'used_by')::bigint, (
      select o.user_id from public.orders o
      where o.id = coalesce(p_row ->> 'order_id', p_before ->> 'order_id')::integer));
  elsif p_table = 'warranty_claims' then
    return (
      select o.user_id from public.order_items i join public.orders o on o.id = i.order_id
      where i.id = (p_row ->> 'order_item_id')::integer);
  end if;
  return null;
end
$$;

-- The pseudonym of an erased person, otherwise the id as it came. Ids of others than people pass too.
create or replace function public.audit_pseudonym(p_id text) returns text
language plpgsql stable set search_path = '' as $$
begin
  return coalesce((
    select u.erased_as::text from public.users u
    where u.erased_as is not null and u.id = case when p_id ~ '^[0-9]{1,18}$' then p_id::bigint end), p_id);
end
$$;

-- The row with erased people's ids and names replaced: what happens to their rows after the erasure (a retention
-- run years later) must not bring them back into the audit.
create or replace function public.audit_pseudonyms(p_table text, p_row jsonb) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_person record;
begin
  -- One who is just leaving for good, and stands in no table any more (retention).
  if p_table = 'users' and p_row ->> 'erased_as' is not null then
    p_row := p_row || jsonb_build_object('id', p_row -> 'erased_as');
  end if;
  for v_person in
    select f.key, u.erased_as from jsonb_each_text(p_row) f
    join public.users u on u.id = case
      when f.key in ('user_id', 'used_by', 'created_by', 'updated_by', 'added_by', 'admin_id', 'decided_by',
        'recorded_by', 'target_user_id') or (f.key = 'id' and p_table = 'users') then f.value::bigint end
    where u.erased_as is not null
  loop
    p_row := p_row || jsonb_build_object(v_person.key, v_person.erased_as);
    if p_table = 'users' then
      p_row := p_row || (
        select jsonb_object_agg(f.key, '[anonymized]') from jsonb_each_text(p_row) f
        where f.key in ('name', 'username', 'email', 'whatsapp_number') and f.value is not null);
    end if;
  end loop;
  return p_row;
end
$$;
