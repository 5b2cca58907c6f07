-- Ties a checked voucher to its order. Of two people with one code the second waits here for the first, and then
-- finds it taken.
create or replace function public.reserve_voucher(p_order_id integer, p_code text) returns void
language plpgsql set search_path = '' as $$
begin
  update public.vouchers v set order_id = p_order_id
    where v.code = p_code and not v.is_used and v.order_id is null;
  if not found then
    perform public.refuse('voucher_invalid');
  end if;
end
$$;
