-- A setting's value; the documented default where nobody has set it.
create or replace function public.setting(p_key text) returns jsonb
language plpgsql stable set search_path = '' as $$
begin
  return coalesce(
    (select s.value from public.settings s where s.key = p_key),
    case p_key
      when 'gateway_tariff' then '[{"up_to": null, "per_mille": 7, "fixed": 310, "rounding": "floor"}]'::jsonb
      when 'qris_min' then '500'
      when 'qris_max' then '10000000'
      when 'deposit_min' then '10000'
      when 'deposit_max' then '10000000'
      when 'voucher_days' then '30'
      when 'voucher_cooldown_seconds' then '300'
      when 'max_units_per_order' then '100'
      when 'low_stock_threshold' then '3'
      when 'refund_formula' then '{"days": 30, "multipliers": [0.8, 0.7, 0.6, 0.5, 0.4]}'
    end);
end
$$;
