-- Trigger function of every audited table: notes which columns changed and what they say, without secrets and without
-- what tells who a person is. So nothing in the permanent record has to be forgotten when somebody is erased.
create or replace function public.audit_masked(p_row jsonb) returns jsonb
language sql immutable set search_path = '' as $$
  select jsonb_object_agg(f.key, case
    when f.value = 'null' then f.value
    when f.key = 'key' and p_row ? 'holder' then '"***"'
    -- What people and services write may say anything; what staff write is why the record is kept.
    when f.key = 'description' and p_row ? 'invoice' and p_row ->> 'type' is distinct from 'ADJUSTMENT' then '"***"'
    when f.key = 'reason' and p_row ? 'reactivated_at' then '"***"'
    when f.key in ('pwd', 'token', 'otp', 'account_number_enc', 'account_number_hash', 'email', 'first_name',
      'last_name', 'referral_code', 'profile_img', 'gender', 'date_of_birth', 'phone_number', 'account_holder_name', 'account_last4',
      'invoice_onmarket', 'onbooking_code')
      then '"***"' else f.value end)
  from jsonb_each(p_row) f
$$;

create or replace function public.audit_change() returns trigger
language plpgsql set search_path = '' as $$
declare
  v_before constant jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  v_after constant jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  v_row constant jsonb := coalesce(v_after, v_before);
  v_changed jsonb;
begin
  if tg_op = 'UPDATE' then
    select jsonb_agg(f.key order by f.key) into v_changed
    from jsonb_each(v_after) f where f.value is distinct from v_before -> f.key and f.key <> 'updated_at';
    if v_changed is null then
      return null;
    end if;
  end if;
  perform audit.record(
    case tg_op when 'INSERT' then 'create' when 'UPDATE' then 'update' else 'delete' end, tg_table_name,
    case tg_table_name
      when 'user_info' then v_row ->> 'username'
      when 'user_role' then (v_row ->> 'username') || ':' || (v_row ->> 'role')
      when 'app_setting' then v_row ->> 'key'
      when 'api_key' then left(encode(sha256(convert_to(v_row ->> 'key', 'UTF8')), 'hex'), 16)
      else coalesce(v_row ->> 'id', v_row ->> 'code', v_row ->> 'username') end,
    null, public.audit_masked(v_before), public.audit_masked(v_after),
    jsonb_strip_nulls(jsonb_build_object('changed', v_changed, 'username', v_row ->> 'username')));
  return null;
end
$$;
