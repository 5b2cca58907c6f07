-- Somebody closes their account (UserState, U21): reason, sign-outs and devices in one step. Refuses with
-- pending_transactions {what}, balance_not_empty {balance}, account_disabled where it is closed already, last_admin.
-- niaga:require functions/lock_user.sql
-- niaga:require functions/pending_business.sql
create or replace function public.deactivate(p_username text, p_reason text, p_acknowledged boolean) returns void
language plpgsql set search_path = '' as $$
declare
  v_balance integer;
  v_what text;
begin
  perform public.lock_user(p_username);
  select b.balance into v_balance from public.user_balance b where b.username = p_username;
  v_what := public.pending_business(p_username);
  if v_what is not null then
    perform public.refuse('pending_transactions', jsonb_build_object('what', v_what));
  elsif v_balance > 0 and not p_acknowledged then
    perform public.refuse('balance_not_empty', jsonb_build_object('balance', v_balance::text));
  end if;
  insert into public.deactivate_reason (username, reason, created_at, updated_at)
  values (p_username, p_reason, niaga.now(), niaga.now());
  update public.user_login l set disabled = true where l.username = p_username;
  update public.fcm f set enabled = false, disabled_reason = 'account_disabled'
  where f.username = p_username and f.enabled;
  update niaga.session s set revoked_at = niaga.now() where s.subject = p_username and s.revoked_at is null;
end
$$;
