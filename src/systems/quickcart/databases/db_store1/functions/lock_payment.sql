-- Locks a payment behind its person's row, the order of locks everywhere (QuickCart, 4). Answers its id and whether
-- it is still open, that is its order or deposit pending. Refuses with payment_not_found.
create or replace function public.lock_payment(p_invoice text, out payment_id bigint, out is_open boolean)
language plpgsql set search_path = '' as $$
declare
  v_user bigint;
begin
  select p.user_id into v_user from public.payments p where p.invoice_id = p_invoice;
  if not found then
    perform public.refuse('payment_not_found', jsonb_build_object('invoice', p_invoice));
  end if;
  perform from public.users u where u.id = v_user for no key update;
  select p.id, p.status in ('creating', 'awaiting') into payment_id, is_open
    from public.payments p where p.invoice_id = p_invoice for no key update;
end
$$;
