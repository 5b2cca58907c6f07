-- Trigger function: a use of a voucher ends with its payment and not before, and what was used stays on the books.
-- niaga:require functions/refuse.sql
create or replace function public.guard_redemption() returns trigger
language plpgsql set search_path = '' as $$
begin
  -- close_transaction ends the payment first.
  if tg_op = 'DELETE' or exists (
    select from public.user_transaction t where t.id = old.transaction_id and t.status in ('PENDING', 'PAID'))
  then
    perform public.refuse('immutable_column', jsonb_build_object('table', tg_table_name, 'id', old.id));
  end if;
  return new;
end
$$;
