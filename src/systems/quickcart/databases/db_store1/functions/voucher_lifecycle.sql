-- Trigger function: free → reserved → used, free → used, reserved → free. A used voucher says by whom, when and
-- for which order, and stays so.
-- niaga:require functions/refuse_transition.sql
create or replace function public.voucher_lifecycle() returns trigger
language plpgsql set search_path = '' as $$
declare
  v_from text := case when old.is_used then 'used' when old.order_id is not null then 'reserved' else 'free' end;
  v_to text := case when new.is_used then 'used' when new.order_id is not null then 'reserved' else 'free' end;
begin
  if v_from = 'used'
    or (v_from = 'reserved' and v_to <> 'free' and new.order_id is distinct from old.order_id)
    or (v_to = 'used' and num_nonnulls(new.order_id, new.used_by, new.used_at) < 3) then
    perform public.refuse_transition('vouchers', old.id::text, v_from, v_to);
  end if;
  return new;
end
$$;
