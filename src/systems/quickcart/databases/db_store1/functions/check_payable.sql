-- Refuses a QRIS base outside the gateway's limits (also nothing at all: a QR over zero does not exist) and a
-- balance that does not cover the base. The ledger would refuse the latter too, only later and in its own words.
create or replace function public.check_payable(p_user bigint, p_method text, p_base numeric) returns void
language plpgsql stable set search_path = '' as $$
declare
  v_min numeric := public.setting('qris_min');
  v_max numeric := public.setting('qris_max');
  v_balance numeric;
begin
  if p_method = 'qris' then
    if p_base = 0 or p_base < v_min or p_base > v_max then
      perform public.refuse('amount_out_of_range', jsonb_build_object(
        'amount', p_base::numeric(15,2)::text, 'min', v_min::numeric(15,2)::text, 'max', v_max::numeric(15,2)::text));
    end if;
    return;
  end if;
  select u.account_balance into v_balance from public.users u where u.id = p_user;
  if v_balance < p_base then
    perform public.refuse('insufficient_balance', jsonb_build_object(
      'balance', v_balance::text, 'required', p_base::numeric(15,2)::text));
  end if;
end
$$;
