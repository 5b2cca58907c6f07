-- A top-up of the balance by QRIS (QuickCart, UC 12): p_amount is what will be credited, the fee comes on top.
-- Answers the deposit (deposit_json). Refuses with user_not_found, banned, pending_deposit_exists {invoice},
-- amount_not_whole, amount_out_of_range {amount, min, max}.
create or replace function public.place_deposit(p_user bigint, p_amount numeric) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_min numeric := public.setting('deposit_min');
  v_max numeric := public.setting('deposit_max');
  v_fee numeric;
  v_id bigint;
  v_invoice text;
begin
  perform public.lock_customer(p_user);
  if p_amount <> trunc(p_amount) then
    perform public.refuse('amount_not_whole', jsonb_build_object('amount', p_amount::text));
  end if;
  if p_amount not between v_min and v_max then
    perform public.refuse('amount_out_of_range', jsonb_build_object(
      'amount', p_amount::text, 'min', v_min::numeric(15,2)::text, 'max', v_max::numeric(15,2)::text));
  end if;
  v_fee := public.gateway_fee(p_amount, public.setting('gateway_tariff'));
  loop
    perform public.refuse_second_deposit(p_user);
    -- On conflict: the invoice was taken, or a deposit came in by another way; the next round tells which.
    insert into public.deposits (invoice_id, user_id, amount, payment_fee, total_bill, created_at, updated_at)
      values (public.new_invoice_id('DEP'), p_user, p_amount, v_fee, p_amount + v_fee, niaga.now(), niaga.now())
      on conflict do nothing
      returning id, invoice_id into v_id, v_invoice;
    exit when found;
  end loop;
  perform public.open_payment(v_invoice, p_user, null, v_id, p_amount, v_fee);
  return public.deposit_json(v_id);
end
$$;

create or replace function public.refuse_second_deposit(p_user bigint) returns void
language plpgsql set search_path = '' as $$
declare
  v_invoice text;
begin
  select d.invoice_id into v_invoice from public.deposits d where d.user_id = p_user and d.status = 'pending';
  if found then
    perform public.refuse('pending_deposit_exists', jsonb_build_object('invoice', v_invoice));
  end if;
end
$$;
