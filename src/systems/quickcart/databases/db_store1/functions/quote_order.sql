-- What these items would cost this person, by the same rules that place_order obeys; takes nothing.
--   p_items: [{"product_id": 1, "quantity": 2}]; a product named twice counts once with the sum
--   answers {items: [{product_id, product_name, quantity, price_per_unit, line_total}], payment_method,
--            voucher_code, subtotal, voucher_discount, base, payment_fee, total_bill}, money as "30520.00"
-- Refuses with user_not_found, validation_failed, product_not_found, product_inactive, out_of_stock,
-- amount_not_whole, voucher_*.
create or replace function public.quote_order(
  p_user bigint, p_items jsonb, p_method text, p_voucher_code text default null) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_lines jsonb;
  v_subtotal numeric(15,2);
  v_discount numeric(15,2) := 0;
  v_base numeric(15,2);
  v_fee numeric(15,2) := 0;
begin
  v_lines := public.price_lines(p_user, p_items);
  select sum((l ->> 'line_total')::numeric) into v_subtotal from jsonb_array_elements(v_lines) l;
  if p_voucher_code is not null then
    select least(v.amount, v_subtotal) into v_discount from public.check_voucher(p_user, p_voucher_code) v;
  end if;
  v_base := v_subtotal - v_discount;
  if p_method = 'qris' then
    -- QRIS carries whole rupiah only.
    if v_base <> trunc(v_base) then
      perform public.refuse('amount_not_whole', jsonb_build_object('amount', v_base::text));
    end if;
    v_fee := public.gateway_fee(v_base, public.setting('gateway_tariff'));
  end if;
  return jsonb_build_object(
    'items', v_lines, 'payment_method', p_method, 'voucher_code', upper(btrim(p_voucher_code)),
    'subtotal', v_subtotal::text, 'voucher_discount', v_discount::text, 'base', v_base::text,
    'payment_fee', v_fee::text, 'total_bill', (v_base + v_fee)::numeric(15,2)::text);
end
$$;
