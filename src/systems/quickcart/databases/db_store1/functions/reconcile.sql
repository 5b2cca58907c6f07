-- Every difference between what the shop says and what the ledger and the goods say; no row in health (QuickCart, 8:
-- ledger_reconcile). The ledger's own rules, and balances against their accounts, are ledger.verify()'s.
--   problem: order_not_booked | order_booked_unpaid | deposit_not_booked | late_not_booked | refund_not_booked
--            | forfeit_not_booked | amount_differs | booking_without_row (of the last 7 years: older rows are gone)
--            | accounts_differ (a correction between other accounts than adjustments and a person's)
--            | stock_state | voucher_state | payment_state
create or replace function public.reconcile()
returns table (problem text, entity_type text, entity_id text, details jsonb)
language plpgsql stable set search_path = '' as $$
begin
  return query
  with owed as (
    -- What each settled row should have moved, and under which reference.
    select 'orders' as entity, o.id::text as id, 'order:' || o.invoice_id as reference,
      o.subtotal + o.payment_fee as amount, o.status = 'paid' as settled, 'order_not_booked' as missing
    from public.orders o
    union all
    select 'deposits', d.id::text, 'deposit:' || d.invoice_id, d.total_bill, d.status = 'paid', 'deposit_not_booked'
    from public.deposits d
    union all
    select 'payments', p.id::text, 'late:' || p.invoice_id, p.total_payment, p.status = 'late_completed',
      'late_not_booked'
    from public.payments p
    union all
    select 'refunds', r.id::text, 'refund:' || r.id, r.amount, r.status = 'paid', 'refund_not_booked'
    from public.refunds r
    union all
    select 'privacy_requests', r.id::text, 'forfeit:' || r.id, r.forfeited_amount, r.status = 'done',
      'forfeit_not_booked'
    from public.privacy_requests r where r.kind = 'erasure'
  ), booked as (
    select t.reference, ledger.decimal(sum(t.amount)::bigint, 'IDR') as amount, max(t.posted_at) as posted_at
    from ledger.transfer t where t.kind in ('order', 'deposit', 'late', 'refund', 'forfeit') group by t.reference
  )
  select case when not o.settled then 'order_booked_unpaid' when b.amount is null then o.missing
      else 'amount_differs' end,
    o.entity, o.id, jsonb_build_object('reference', o.reference, 'expected', o.amount::text, 'booked', b.amount::text)
  from owed o left join booked b on b.reference = o.reference
  where case when o.settled then o.amount > 0 and b.amount is distinct from o.amount else b.amount is not null end

  union all
  select 'booking_without_row', 'ledger', b.reference, jsonb_build_object('booked', b.amount::text)
  from booked b left join owed o on o.reference = b.reference
  where o.reference is null and b.posted_at > niaga.now() - interval '7 years'

  union all
  select 'accounts_differ', 'ledger', t.reference, jsonb_build_object('from', d.name, 'to', c.name)
  from ledger.transfer t join ledger.account d on d.id = t.debit join ledger.account c on c.id = t.credit
  where t.kind = 'adj' and not ('adjustments' in (d.name, c.name) and (d.name like 'user.%' or c.name like 'user.%'))

  union all
  -- A good is reserved for a pending order, sold with a paid one, and in exactly one live item of it.
  select 'stock_state', 'product_stocks', s.id::text,
    jsonb_build_object('order_id', s.order_id, 'is_sold', s.is_sold, 'order_status', o.status)
  from public.product_stocks s join public.orders o on o.id = s.order_id
  where o.status <> case when s.is_sold then 'paid' else 'pending' end
    or not exists (select from public.order_items i
      where i.stock_id = s.id and i.order_id = s.order_id and i.released_at is null)
  union all
  select 'stock_state', 'order_items', i.id::text, jsonb_build_object('order_id', i.order_id, 'order_status', o.status)
  from public.order_items i join public.orders o on o.id = i.order_id
  join public.product_stocks s on s.id = i.stock_id
  where (i.released_at is null and (s.order_id is distinct from i.order_id or o.status in ('expired', 'cancelled')))
    or (i.released_at is not null and o.status in ('pending', 'paid'))

  union all
  select 'voucher_state', 'vouchers', v.id::text, jsonb_build_object('order_id', v.order_id, 'order_status', o.status)
  from public.vouchers v left join public.orders o on o.id = v.order_id
  where (v.is_used or v.order_id is not null)
    and o.status is distinct from case when v.is_used then 'paid' else 'pending' end

  union all
  -- A payment is open exactly as long as what it pays for is pending.
  select 'payment_state', 'payments', p.id::text,
    jsonb_build_object('status', p.status, 'parent_status', coalesce(o.status, d.status))
  from public.payments p
  left join public.orders o on o.id = p.order_id left join public.deposits d on d.id = p.deposit_id
  where coalesce(o.status, d.status) not in (case
    when p.status in ('creating', 'awaiting') then 'pending'
    when p.status = 'completed' then 'paid'
    when p.status = 'expired' then 'expired' else 'cancelled' end,
    case when p.status = 'late_completed' then 'expired' else '' end);
end
$$;
