-- Trigger function: e-mail addresses are compared without case, and an empty optional field is NULL.
create or replace function public.normalize_contact() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.username := nullif(btrim(new.username), '');
  new.email := nullif(lower(btrim(new.email)), '');
  new.whatsapp_number := nullif(btrim(new.whatsapp_number), '');
  return new;
end
$$;
