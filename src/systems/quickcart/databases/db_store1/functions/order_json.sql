-- An order as its readers get it, with its payment; never with its goods. Money as "30520.00".
create or replace function public.order_json(p_order_id integer) returns jsonb
language plpgsql stable set search_path = '' as $$
begin
  return (
    select jsonb_build_object('id', o.id, 'invoice_id', o.invoice_id, 'user_id', o.user_id::text,
      'subtotal', o.subtotal::text, 'voucher_discount', o.voucher_discount::text,
      'payment_fee', o.payment_fee::text, 'total_bill', o.total_bill::text,
      'payment_method', o.payment_method, 'status', o.status,
      'created_at', o.created_at, 'updated_at', o.updated_at, 'payment', public.payment_json(o.invoice_id))
    from public.orders o where o.id = p_order_id);
end
$$;

create or replace function public.deposit_json(p_deposit_id bigint) returns jsonb
language plpgsql stable set search_path = '' as $$
begin
  return (
    select jsonb_build_object('id', d.id, 'invoice_id', d.invoice_id, 'user_id', d.user_id::text,
      'amount', d.amount::text, 'payment_fee', d.payment_fee::text, 'total_bill', d.total_bill::text,
      'status', d.status, 'created_at', d.created_at, 'updated_at', d.updated_at,
      'payment', public.payment_json(d.invoice_id))
    from public.deposits d where d.id = p_deposit_id);
end
$$;

-- Null where there is none: an order paid from the balance.
create or replace function public.payment_json(p_invoice text) returns jsonb
language plpgsql stable set search_path = '' as $$
begin
  return (
    select jsonb_build_object('status', p.status, 'settled_as', p.settled_as, 'amount', p.amount::text,
      'fee', p.fee::text, 'total_payment', p.total_payment::text, 'qr_string', p.qr_string,
      'checkout_url', p.checkout_url, 'expires_at', p.expires_at)
    from public.payments p where p.invoice_id = p_invoice);
end
$$;
