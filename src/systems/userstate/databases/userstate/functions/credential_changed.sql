-- Whoever has another password or address has no use for what was proved with the old one: a ticket for a new password, and
-- codes on their way. Whoever changes either has locked the row of user_login before those of the codes.

-- Trigger function of user_login.
create or replace function public.password_changed() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.token := null;
  new.token_expires_at := null;
  update public.otp_tracker o set consumed_at = niaga.now()
  where o.username = new.username and o.purpose = 'PASSWORD_RESET' and o.consumed_at is null;
  return new;
end
$$;

-- Trigger function of user_info: codes that went to the old address say nothing about the new one.
create or replace function public.email_changed() returns trigger
language plpgsql set search_path = '' as $$
begin
  update public.user_login l set token = null, token_expires_at = null
  where l.username = new.username and l.token is not null;
  update public.otp_tracker o set consumed_at = niaga.now() where o.username = new.username and o.consumed_at is null;
  return null;
end
$$;
