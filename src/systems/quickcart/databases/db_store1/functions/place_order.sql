-- One checkout, whole (QuickCart, UC 4): order, goods, voucher and payment or money, or nothing at all.
--   p_method: 'qris' leaves it pending with a payment to be created at the gateway; 'account_balance' pays at once
--   p_expected_total: what the customer was shown; null where nothing was
-- Answers the order (order_json). Refuses with user_not_found, banned, pending_order_exists {invoice},
-- price_changed {the new quote, total, expected_total}, amount_out_of_range {amount, min, max},
-- insufficient_balance {balance, required}, and what quote_order refuses.
create or replace function public.place_order(
  p_user bigint, p_items jsonb, p_method text, p_voucher_code text default null,
  p_expected_total numeric default null) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_quote jsonb;
  v_order_id integer;
begin
  -- From here on this person's orders come one by one.
  perform public.lock_customer(p_user);
  perform public.refuse_second_order(p_user);
  v_quote := public.quote_order(p_user, p_items, p_method, p_voucher_code);
  if p_expected_total <> (v_quote ->> 'total_bill')::numeric then
    perform public.refuse('price_changed', v_quote || jsonb_build_object(
      'total', v_quote -> 'total_bill', 'expected_total', p_expected_total::numeric(15,2)::text));
  end if;
  perform public.check_payable(p_user, p_method, (v_quote ->> 'base')::numeric);

  v_order_id := public.insert_order(p_user, v_quote);
  perform public.take_stock(v_order_id, v_quote -> 'items', p_method = 'account_balance');
  if p_voucher_code is not null then
    perform public.reserve_voucher(v_order_id, v_quote ->> 'voucher_code');
  end if;
  if p_method = 'account_balance' then
    perform public.finish_order(v_order_id);
  else
    perform public.open_payment(o.invoice_id, p_user, o.id, null,
        o.subtotal - o.voucher_discount, o.payment_fee)
      from public.orders o where o.id = v_order_id;
  end if;
  return public.order_json(v_order_id);
end
$$;
