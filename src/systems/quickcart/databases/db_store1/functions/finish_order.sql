-- Everything that a pending order's payment sets off, in the transaction that takes the money: paid, goods sold,
-- voucher used up and its pause begun, money booked, goods and news on their way. count_sold.sql does the rest.
create or replace function public.finish_order(p_order_id integer) returns void
language plpgsql set search_path = '' as $$
declare
  v_order public.orders;
  v_payment public.payments;
begin
  update public.orders o set status = 'paid' where o.id = p_order_id returning * into strict v_order;
  update public.product_stocks s set is_sold = true where s.order_id = p_order_id and not s.is_sold;
  perform public.redeem_voucher(p_order_id, v_order.user_id);

  select * into v_payment from public.payments p where p.order_id = p_order_id;
  perform public.post_transfers('order:' || v_order.invoice_id,
    array[case v_order.payment_method when 'qris' then 'gateway.pakasir' else 'user.' || v_order.user_id end,
      'gateway.pakasir', 'promo.vouchers'],
    array['sales', 'gateway.fees', 'sales'],
    array[v_order.subtotal - v_order.voucher_discount, v_order.payment_fee, v_order.voucher_discount]);

  perform public.notify_user(v_order.user_id, 'deliver', 'order', v_order.invoice_id, 1);
  perform public.notify_staff('staff_order_paid', 'order', v_order.invoice_id);
  perform audit.emit('payment_completed', case when v_payment.id is null then 'orders' else 'payments' end,
    coalesce(v_payment.id, p_order_id)::text, v_order.user_id,
    jsonb_build_object('invoice_id', v_order.invoice_id, 'method', v_order.payment_method,
      'amount', v_order.total_bill::text));
end
$$;

-- The order's voucher, if it has one, is used now; from now on its user waits before the next.
create or replace function public.redeem_voucher(p_order_id integer, p_user bigint) returns void
language plpgsql set search_path = '' as $$
begin
  update public.vouchers v set is_used = true, used_by = p_user, used_at = niaga.now()
    where v.order_id = p_order_id and not v.is_used;
  if found then
    insert into public.voucher_usage_cooldown (user_id, last_voucher_used, expires_at)
      values (p_user, niaga.now(),
        niaga.now() + make_interval(secs => public.setting('voucher_cooldown_seconds')::double precision));
  end if;
end
$$;
