-- Deletes vouchers that expired unused 30 days ago, and pauses that were over a day ago (QuickCart, 8
-- voucher_cleanup), at most p_limit of each. Answers how many rows; 0 when nothing is due any more.
create or replace function public.clean_vouchers(p_limit integer) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_vouchers integer;
  v_pauses integer;
begin
  delete from public.vouchers v where v.id in (
    select d.id from public.vouchers d
    where d.expires_at <= niaga.now() - interval '30 days' and not d.is_used and d.order_id is null
    order by d.expires_at limit p_limit for update skip locked);
  get diagnostics v_vouchers = row_count;
  delete from public.voucher_usage_cooldown c where c.id in (
    select d.id from public.voucher_usage_cooldown d where d.expires_at < niaga.now() - interval '24 hours'
    order by d.expires_at limit p_limit);
  get diagnostics v_pauses = row_count;
  return v_vouchers + v_pauses;
end
$$;
