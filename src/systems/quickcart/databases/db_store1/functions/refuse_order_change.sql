-- Trigger function, its trigger's WHEN clause names the columns: what the customer agreed to stays, and the
-- fee may follow the gateway's rounding only until the order is decided.
create or replace function public.refuse_order_change() returns trigger
language plpgsql set search_path = '' as $$
begin
  raise exception using
    errcode = '23514',
    constraint = 'immutable_column',
    message = format('order %s: owner, invoice, amounts, method and time of birth do not change', old.invoice_id),
    detail = jsonb_build_object('table', 'orders', 'id', old.id::text);
end
$$;
