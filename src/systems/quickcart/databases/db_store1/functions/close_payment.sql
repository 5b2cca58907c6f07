-- Ends an open payment without money, and its order or deposit with it: goods go back on sale, the voucher is free
-- again and starts no pause. The caller holds the payment's lock.
create or replace function public.close_payment(
  p_invoice text, p_status text, p_parent_status text, p_error text default null) returns void
language plpgsql set search_path = '' as $$
declare
  v_order_id integer;
  v_deposit_id bigint;
begin
  update public.payments p set status = p_status, qr_string = null, last_error = coalesce(p_error, p.last_error)
    where p.invoice_id = p_invoice
    returning p.order_id, p.deposit_id into strict v_order_id, v_deposit_id;
  update public.deposits d set status = p_parent_status where d.id = v_deposit_id;
  update public.orders o set status = p_parent_status where o.id = v_order_id;
  update public.order_items i set released_at = niaga.now()
    where i.order_id = v_order_id and i.released_at is null;
  update public.product_stocks s set order_id = null where s.order_id = v_order_id and not s.is_sold;
  update public.vouchers v set order_id = null where v.order_id = v_order_id and not v.is_used;
end
$$;
