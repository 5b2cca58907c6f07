-- Trigger function: user_info.referral_applied_status says what the user's row of referral_history says.
create or replace function public.mirror_referral() returns trigger
language plpgsql set search_path = '' as $$
begin
  -- An imported referral may be over already: it was pending once.
  update public.user_info u set referral_applied_status = 'PENDING'
  where u.username = new.username and u.referral_applied_status is null;
  update public.user_info u set referral_applied_status = new.status
  where u.username = new.username and u.referral_applied_status is distinct from new.status;
  return null;
end
$$;

-- Trigger function on user_info: nothing but the mirror writes it.
create or replace function public.guard_referral_mirror() returns trigger
language plpgsql set search_path = '' as $$
begin
  if not exists (
    select from public.referral_history r
    where r.username = new.username and new.referral_applied_status in (r.status, 'PENDING'))
  then
    perform public.refuse('referral_status_mirrored');
  end if;
  return new;
end
$$;
