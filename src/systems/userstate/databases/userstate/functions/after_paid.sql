-- What follows from a top-up or payment that has just turned PAID, in the same transaction.
create or replace function public.after_paid(p_id bigint) returns void
language plpgsql set search_path = '' as $$
begin
  return;
end
$$;
