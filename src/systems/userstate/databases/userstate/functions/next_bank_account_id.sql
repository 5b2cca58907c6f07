-- The next id that no bank account has: imported ones came with ids of their own.
create or replace function public.next_bank_account_id() returns integer
language plpgsql volatile set search_path = '' as $$
declare
  v_id integer;
begin
  loop
    v_id := nextval('public.bank_account_id_seq');
    exit when not exists (select from public.bank_account b where b.id = v_id);
  end loop;
  return v_id;
end
$$;
