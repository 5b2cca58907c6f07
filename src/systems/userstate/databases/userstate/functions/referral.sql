-- Referrals (UserState, U2, U14).
-- niaga:require functions/refuse.sql

-- A code for a new user: letters of the first name, folded to ASCII, and the next number; hand-made codes are passed over.
create or replace function public.new_referral_code(p_first_name text) returns text
language plpgsql set search_path = '' as $$
declare
  v_stem constant text := coalesce(nullif(left(
    regexp_replace(upper(normalize(p_first_name, NFKD)), '[^A-Z]', '', 'g'), 8), ''), 'USER');
  v_code text;
begin
  loop
    select v_stem || n.number into v_code from public.next_number('REFERRAL') n;
    exit when not exists (select from public.user_info u where u.referral_code = v_code);
  end loop;
  return v_code;
end
$$;

-- Somebody names who invited them: once for life. Answers the row's id. Refuses with referral_code_invalid,
-- referral_self, referral_already_applied, referral_not_eligible, referral_circular.
create or replace function public.apply_referral(p_username text, p_code text) returns integer
language plpgsql set search_path = '' as $$
declare
  v_referrer constant text := (select u.username from public.user_info u where u.referral_code = p_code);
  v_id integer;
begin
  if v_referrer is null then
    perform public.refuse('referral_code_invalid');
  elsif v_referrer = p_username then
    perform public.refuse('referral_self');
  end if;
  -- Both, in one order: of two who invite each other at once the second sees the first.
  perform from public.user_login l where l.username in (p_username, v_referrer) order by l.username for no key update;
  if exists (select from public.referral_history r where r.username = p_username) then
    perform public.refuse('referral_already_applied');
  elsif exists (select from public.referral_history r where r.username = v_referrer and r.submitted_by = p_username) then
    perform public.refuse('referral_circular');
  elsif exists (
      select from public.user_transaction t
      where t.username = p_username and t.type in ('TOPUP', 'PAYMENT') and t.status = 'PAID')
    or (select u.created_at from public.user_info u where u.username = p_username)
      < niaga.now() - make_interval(days => public.setting_number('referral.apply_days'))
  then
    perform public.refuse('referral_not_eligible');
  end if;
  insert into public.referral_history (username, referral_code, submitted_by, status, expires_at, created_at, updated_at)
  values (p_username, p_code, v_referrer, 'PENDING',
    niaga.now() + make_interval(days => public.setting_number('referral.expire_days')), niaga.now(), niaga.now())
  returning id into v_id;
  return v_id;
end
$$;

-- The first top-up (late money too) or payment that is paid completes the referral of whoever paid it, in the same
-- transaction, where what they paid, p_amount, is enough: points
-- for both sides, none where the setting is 0, none for a referrer who is disabled. Again is a no-op, and so is a payment
-- of nothing.
create or replace function public.complete_referral(p_username text, p_amount integer, p_transaction bigint)
returns void
language plpgsql set search_path = '' as $$
declare
  v public.referral_history;
begin
  if p_amount < greatest(1, public.setting_number('referral.min_amount')) then
    return;
  end if;
  update public.referral_history r set status = 'COMPLETED', qualified_transaction_id = p_transaction
  where r.username = p_username and r.status = 'PENDING' and coalesce(r.expires_at > niaga.now(), true)
  returning * into v;
  if not found then
    return;
  end if;
  insert into public.point_mutation (username, type, amount, reference_number, src, status, created_at, updated_at)
  select b.username, 'EARN', b.points, 'REF-' || v.id, 'REFERRAL', 'COMPLETE', niaga.now(), niaga.now()
  from (values (v.submitted_by, public.setting_number('referral.bonus_referrer')),
    (v.username, public.setting_number('referral.bonus_referred'))) b (username, points)
  join public.user_login l on l.username = b.username
  where b.points > 0 and (b.username = v.username or not l.disabled)
  order by b.username;
end
$$;
