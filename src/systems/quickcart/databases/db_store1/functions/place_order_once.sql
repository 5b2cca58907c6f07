-- place_order under an idempotency key, in one call: buyers of one popular product wait for each other's commit, and
-- every round trip before it would be part of that wait.
--   p_refusal: {code, details} that a new order gets now (a gateway that is down); null for none. A repeated request
--   gets its answer all the same
-- Answers the invoice, and whether this call made it. Refuses with idempotency_conflict, idempotency_in_flight,
-- rate_limited, and what place_order refuses.
create or replace function public.place_order_once(
  p_key text, p_request_hash text, p_refusal jsonb, p_user bigint, p_items jsonb, p_method text,
  p_voucher_code text, p_expected_total numeric, out invoice text, out is_new boolean)
language plpgsql set search_path = '' as $$
declare
  v_scope text := 'place_order:' || p_user;
begin
  invoice := niaga.idempotency_begin(v_scope, p_key, p_request_hash) ->> 'answer';
  is_new := invoice is null;
  if is_new then
    if p_refusal is not null then
      perform public.refuse(p_refusal ->> 'code', p_refusal -> 'details');
    end if;
    perform public.count_made(p_user, 'order');
    invoice := public.place_order(p_user, p_items, p_method, p_voucher_code, p_expected_total) ->> 'invoice_id';
    perform niaga.idempotency_finish(v_scope, p_key, p_request_hash, jsonb_build_object('answer', invoice));
  end if;
end
$$;
