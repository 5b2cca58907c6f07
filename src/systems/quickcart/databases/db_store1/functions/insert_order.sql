-- The quoted order as a pending row; answers its id.
create or replace function public.insert_order(p_user bigint, p_quote jsonb) returns integer
language plpgsql set search_path = '' as $$
declare
  v_id integer;
begin
  loop
    insert into public.orders (invoice_id, user_id, subtotal, voucher_discount, payment_fee, total_bill,
        payment_method, created_at, updated_at)
      values (public.new_invoice_id('TRX'), p_user, (p_quote ->> 'subtotal')::numeric,
        (p_quote ->> 'voucher_discount')::numeric, (p_quote ->> 'payment_fee')::numeric,
        (p_quote ->> 'total_bill')::numeric, p_quote ->> 'payment_method', niaga.now(), niaga.now())
      on conflict do nothing
      returning id into v_id;
    if found then
      return v_id;
    end if;
    -- Either the invoice was taken, and another is drawn, or the person has a pending order after all.
    perform public.refuse_second_order(p_user);
  end loop;
end
$$;

-- CR-002: who has a pending order finishes it first; the refusal names it.
create or replace function public.refuse_second_order(p_user bigint) returns void
language plpgsql set search_path = '' as $$
declare
  v_invoice text;
begin
  select o.invoice_id into v_invoice from public.orders o where o.user_id = p_user and o.status = 'pending';
  if found then
    perform public.refuse('pending_order_exists', jsonb_build_object('invoice', v_invoice));
  end if;
end
$$;
