-- One-time codes (UserState, U7). Only the newest code of a purpose lives: a new one supersedes those before it.

-- Notes a code, and answers how many seconds it lives. Refuses with otp_resend_too_soon {retry_after}.
-- A reset is asked for by whoever knows a name: those codes have an hour's budget of their own, so that no stranger uses up
-- the one of the person, whose other codes take their session or their password.
--   p_otp: what is kept of the code; the code itself never comes here
create or replace function public.issue_otp(p_username text, p_purpose text, p_otp text) returns integer
language plpgsql set search_path = '' as $$
declare
  v_ttl constant integer := public.setting_number('otp.ttl_seconds');
  v_wait interval;
begin
  perform from public.user_login l where l.username = p_username for no key update;
  select greatest(
      max(o.created_at) filter (where o.purpose = p_purpose)
        + make_interval(secs => public.setting_number('otp.resend_seconds')),
      case when count(*) >= public.setting_number('otp.max_per_hour') then min(o.created_at) + interval '1 hour' end)
    - niaga.now() into v_wait
  from public.otp_tracker o
  where o.username = p_username and o.created_at > niaga.now() - interval '1 hour'
    and (o.purpose = 'PASSWORD_RESET') = (p_purpose = 'PASSWORD_RESET');
  if v_wait > interval '0' then
    perform public.refuse('otp_resend_too_soon',
      jsonb_build_object('retry_after', ceil(extract(epoch from v_wait))::integer));
  end if;
  update public.otp_tracker o set consumed_at = niaga.now()
  where o.username = p_username and o.purpose = p_purpose and o.consumed_at is null;
  insert into public.otp_tracker (username, otp, purpose, expires_at, ip, created_at, updated_at)
  values (p_username, p_otp, p_purpose, niaga.now() + make_interval(secs => v_ttl), niaga.ip(), niaga.now(), niaga.now());
  return v_ttl;
end
$$;

-- Counts one try at the live code, before anybody compares: of many at once no more than may be are counted.
--   counted  it may be used where it agrees with otp
--   none     there is no live code; expired; locked: it was tried too often, also where the code is right
create or replace function public.try_otp(p_username text, p_purpose text, out outcome text, out id integer, out otp text)
language plpgsql set search_path = '' as $$
declare
  v_expires_at timestamptz;
begin
  select o.id, o.otp, o.expires_at into id, otp, v_expires_at from public.otp_tracker o
  where o.username = p_username and o.purpose = p_purpose and o.consumed_at is null order by o.id desc limit 1;
  if id is null then
    outcome := 'none';
    return;
  elsif v_expires_at <= niaga.now() then
    outcome := 'expired';
    return;
  end if;
  update public.otp_tracker o set attempts = o.attempts + 1
  where o.id = try_otp.id and o.consumed_at is null and o.attempts < public.setting_number('otp.max_attempts');
  -- Not counted because somebody has just used it, or because it was tried too often.
  outcome := case when found then 'counted'
    when exists (select from public.otp_tracker o where o.id = try_otp.id and o.consumed_at is not null) then 'none'
    else 'locked' end;
end
$$;
