-- Trigger functions: the documented seed statements can be run again. A row that repeats one that is there is left out.
create or replace function public.skip_repeated_payment_type() returns trigger
language plpgsql set search_path = '' as $$
begin
  -- Two at once: the second sees what the first one made.
  perform pg_advisory_xact_lock(hashtextextended('payment_types ' || new.name, 0));
  return case when exists (select from public.payment_types t where t.name = new.name) then null else new end;
end
$$;

create or replace function public.skip_repeated_bank_channel() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('bank_channel ' || new.id, 0));
  return case when exists (select from public.bank_channel c where c.id = new.id and c.code = new.code)
    then null else new end;
end
$$;
