-- Trigger function: wakes the sender. One notifier at a time is enough, as for the audit outbox: a commit that
-- notifies keeps others that notify waiting, and whom this misses the sender's poll finds.
create or replace function public.notify_telegram_outbox() returns trigger
language plpgsql set search_path = '' as $$
begin
  if pg_try_advisory_xact_lock(hashtextextended('telegram_outbox notify', 0)) then
    perform pg_notify('telegram_outbox', '');
  end if;
  return null;
end
$$;
