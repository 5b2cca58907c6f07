-- The payment of a pending order or deposit, to be created at the gateway within 10 minutes from now, and the jobs
-- that see to it if this process does not live to. The first one waits for the inline attempt (10 s) to be over.
create or replace function public.open_payment(
  p_invoice text, p_user bigint, p_order_id integer, p_deposit_id bigint, p_amount numeric, p_fee numeric)
returns void
language plpgsql set search_path = '' as $$
declare
  v_expires_at timestamptz := niaga.now() + interval '10 minutes';
  v_id bigint;
begin
  insert into public.payments (invoice_id, order_id, deposit_id, user_id, amount, fee, total_payment, expires_at,
      created_at, updated_at)
    values (p_invoice, p_order_id, p_deposit_id, p_user, p_amount, p_fee, p_amount + p_fee, v_expires_at,
      niaga.now(), niaga.now())
    returning id into v_id;
  perform niaga.enqueue('quickcart.gateway_create', jsonb_build_object('invoice', p_invoice),
    p_run_at => niaga.now() + interval '15 seconds', p_key => 'create:' || p_invoice);
  perform niaga.enqueue('quickcart.payment_expire', jsonb_build_object('invoice', p_invoice),
    p_run_at => v_expires_at, p_key => 'expire:' || p_invoice);
  perform audit.emit('payment_initiated', 'payments', v_id::text, p_user,
    jsonb_build_object('invoice_id', p_invoice, 'amount', p_amount::text, 'fee', p_fee::text));
end
$$;
