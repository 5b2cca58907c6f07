-- Trigger function: has a person told of what became of their money, once the change has committed: on their devices, and by
-- a receipt for what they paid or topped up. In the database, so that no way to the same end forgets it.
-- niaga:require functions/setting.sql
create or replace function public.tell_of_change() returns trigger
language plpgsql set search_path = '' as $$
begin
  if exists (select from public.fcm f where f.username = new.username and f.enabled) then
    perform niaga.enqueue('push.tell',
      jsonb_build_object('what', tg_table_name, 'id', new.id::text, 'status', new.status));
  end if;
  if tg_table_name = 'user_transaction' and public.setting('mail.receipts') = 'true' then
    perform public.mail_receipt(new.id);
  end if;
  return null;
end
$$;

-- To an address that was confirmed.
create or replace function public.mail_receipt(p_id bigint) returns void
language sql volatile set search_path = '' as $$
  select niaga.enqueue('userstate.mail_receipt', jsonb_build_object('id', p_id::text))
  from public.user_transaction t join public.user_info u on u.username = t.username
  where t.id = p_id and t.type in ('TOPUP', 'PAYMENT') and u.email_verified_at is not null
$$;
