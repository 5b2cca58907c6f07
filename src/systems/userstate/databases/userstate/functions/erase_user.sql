-- Erases somebody (UserState, §13): what tells who they are goes, what the books need stays under their username. It cannot
-- be taken back. p_by: the admin who asks; null is the operator of the command line. Refuses with not_found, account_erased,
-- erasure_blocked {reason}, pending_transactions {what}, balance_not_empty {balance}, points_not_empty {points}.
-- niaga:require functions/staff_role.sql
-- niaga:require functions/pending_business.sql
create or replace function public.erase_user(p_username text, p_by text) returns void
language plpgsql security definer set search_path = '' as $$
begin
  perform public.demand_admin(p_by);
  perform public.demand_erasable(p_username);
  perform public.forget_person(p_username);
  perform public.forget_dealings(p_username);
  perform public.forget_messages(p_username);
  perform audit.emit('erase', 'user_login', p_username);
end
$$;

-- Locks the user's row and then what is shown of the wallet, so that nothing comes or goes meanwhile.
create or replace function public.demand_erasable(p_username text) returns void
language plpgsql set search_path = '' as $$
declare
  v_days constant integer := public.setting_number('privacy.erase_days');
  v_login record;
  v_balance integer;
  v_points numeric;
  v_what text;
begin
  select l.disabled, l.updated_at into v_login from public.user_login l where l.username = p_username for no key update;
  if not found then
    perform public.refuse('not_found');
  elsif exists (select from public.user_info i where i.username = p_username and i.erased_at is not null) then
    perform public.refuse('account_erased');
  elsif not v_login.disabled then
    perform public.refuse('erasure_blocked', '{"reason": "it is not disabled"}');
  -- Disabling was the last that happened to the row, or something later was.
  elsif v_login.updated_at > niaga.now() - make_interval(days => v_days) then
    perform public.refuse('erasure_blocked',
      jsonb_build_object('reason', format('it was disabled less than %s days ago', v_days)));
  end if;
  select b.balance, coalesce(b.onapps_point::numeric, 0) into v_balance, v_points
  from public.user_balance b where b.username = p_username for no key update;
  v_what := coalesce(public.pending_business(p_username), case when exists (
    select from public.point_mutation m where m.username = p_username and m.status = 'PENDING') then 'points' end);
  if v_what is not null then
    perform public.refuse('pending_transactions', jsonb_build_object('what', v_what));
  elsif v_balance > 0 then
    perform public.refuse('balance_not_empty', jsonb_build_object('balance', v_balance::text));
  elsif v_points > 0 then
    perform public.refuse('points_not_empty', jsonb_build_object('points', trim_scale(v_points)::text));
  end if;
end
$$;

-- Who they are and how they come in. The name in their referral code is theirs too.
create or replace function public.forget_person(p_username text) returns void
language plpgsql set search_path = '' as $$
begin
  delete from public.user_role r where r.username = p_username;
  delete from niaga.session s where s.subject = p_username;
  update public.user_login l set pwd = 'erased', token = null, token_expires_at = null, otp_login = false
  where l.username = p_username;
  perform niaga.enqueue('image.cleanup', jsonb_build_object('name', i.profile_img))
  from public.user_info i where i.username = p_username and i.profile_img is not null;
  update public.user_info i set erased_at = niaga.now(), email = 'erased-' || i.id || '@invalid', email_verified_at = null,
    first_name = 'erased', last_name = 'erased', phone_number = null, date_of_birth = null, gender = null,
    profile_img = null, agent = null, agent_id = null, referral_code = null, marketing_opt_in = false
  where i.username = p_username;
  update public.referral_history h set referral_code = 'erased' where h.submitted_by = p_username;
  delete from public.address_list a where a.username = p_username;
end
$$;

-- Bank accounts, and what was written beside the figures. The figures stay.
create or replace function public.forget_dealings(p_username text) returns void
language plpgsql set search_path = '' as $$
begin
  update public.bank_account b set active = false, account_number_enc = null, account_number_hash = null,
    account_last4 = null, account_holder_name = null
  where b.username = p_username;
  update public.payout p set account_holder_name = 'erased', account_last4 = '****' where p.username = p_username;
  -- What staff wrote is the reason of a correction, and stays.
  update public.user_transaction t set invoice_onmarket = null, onbooking_code = null,
    description = case when t.type = 'ADJUSTMENT' then t.description end
  where t.username = p_username and (t.invoice_onmarket is not null or t.onbooking_code is not null
    or t.description is not null and t.type is distinct from 'ADJUSTMENT');
  update public.deactivate_reason d set reason = 'erased' where d.username = p_username;
end
$$;

-- What was said to them, on whatever way, and what the gateway said of them.
create or replace function public.forget_messages(p_username text) returns void
language plpgsql set search_path = '' as $$
begin
  delete from public.otp_tracker o where o.username = p_username;
  delete from public.marketing_offer o where o.username = p_username;
  delete from public.push_message m where m.username = p_username;
  update public.fcm f set username = null, enabled = false, disabled_reason = 'ERASED' where f.username = p_username;
  -- Found by the number in their text: a body may be JSON that PostgreSQL reads not at all (an escaped NUL, half a
  -- surrogate), or no JSON. 'escape' fails on no byte.
  delete from niaga.inbox i where i.id in (
    select e.id
    from niaga.inbox e
    cross join lateral regexp_matches(encode(e.body, 'escape'), '"(?:external_id|reference_id)"\s*:\s*"([^"]+)"', 'g') said
    join public.user_transaction t on t.invoice = said[1]
    where e.source in ('xendit.invoices', 'xendit.payouts') and e.status not in ('received', 'processing')
      and t.username = p_username);
end
$$;

-- Trigger function: whoever was erased comes back neither in part nor by hand.
create or replace function public.refuse_erased() returns trigger
language plpgsql set search_path = '' as $$
begin
  if exists (select from public.user_info i where i.username = old.username and i.erased_at is not null) then
    perform public.refuse('account_erased');
  end if;
  return new;
end
$$;
