-- An admin's decision about a requested refund (QuickCart, UC 14), once: whoever comes second is refused with
-- refund_decided {refund_status}. Refuses with not_found.

-- The money goes back to the balance.
create or replace function public.approve_refund(p_refund bigint, p_admin bigint) returns void
language plpgsql set search_path = '' as $$
declare
  v_refund public.refunds;
begin
  v_refund := public.lock_refund(p_refund);
  update public.refunds r set status = 'paid', decided_by = p_admin where r.id = p_refund;
  perform public.post_transfers('refund:' || p_refund, array['sales'], array['user.' || v_refund.user_id],
    array[v_refund.amount]);
  perform public.notify_user(v_refund.user_id, 'refund_paid', 'refund', p_refund::text);
  perform public.notify_staff('staff_refund_decided', 'refund', p_refund::text);
  perform audit.emit('refund_issued', 'refunds', p_refund::text, v_refund.user_id, jsonb_build_object(
    'order_id', v_refund.order_id, 'amount', v_refund.amount::text));
end
$$;

create or replace function public.reject_refund(p_refund bigint, p_admin bigint, p_reason text) returns void
language plpgsql set search_path = '' as $$
declare
  v_refund public.refunds;
begin
  v_refund := public.lock_refund(p_refund);
  update public.refunds r set status = 'rejected', decided_by = p_admin, reason = p_reason where r.id = p_refund;
  perform public.notify_user(v_refund.user_id, 'refund_rejected', 'refund', p_refund::text);
  perform public.notify_staff('staff_refund_decided', 'refund', p_refund::text);
end
$$;

-- A refund that is still to be decided, locked behind its person's row.
create or replace function public.lock_refund(p_refund bigint) returns public.refunds
language plpgsql set search_path = '' as $$
declare
  v_refund public.refunds;
begin
  perform from public.users u
    where u.id = (select r.user_id from public.refunds r where r.id = p_refund) for no key update;
  select * into v_refund from public.refunds r where r.id = p_refund for no key update;
  if not found then
    perform public.refuse('not_found');
  end if;
  if v_refund.status <> 'requested' then
    perform public.refuse('refund_decided', jsonb_build_object('refund_status', v_refund.status));
  end if;
  return v_refund;
end
$$;
