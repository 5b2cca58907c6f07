-- Deletes order sets whose last change is 7 years ago (QuickCart, 12): orders with items, goods, payments, refunds,
-- claims and vouchers, at most p_limit orders at a time. The books stay. Audited by counts alone: what is deleted to be
-- forgotten must not be copied into the permanent record on its way (log_audit_event knows the setting).
--   p_paid: unpaid orders go first, since their released goods were sold with paid ones
-- Answers how many rows of what; null when nothing is due any more.
create or replace function public.purge_orders(p_paid boolean, p_limit integer) returns jsonb
language plpgsql security definer set search_path = '' set quickcart.retention = 'on' as $$
declare
  v_until constant timestamptz := niaga.now() - interval '7 years';
  v_orders constant integer[] := array(
    select o.id from public.orders o
    where o.created_at <= v_until and o.updated_at <= v_until and o.status <> 'pending'
      and (o.status = 'paid') = p_paid
      and not exists (select from public.payments p where p.order_id = o.id
        and (p.updated_at > v_until or p.status in ('creating', 'awaiting')))
      and not exists (select from public.refunds r where r.order_id = o.id
        and (r.updated_at > v_until or r.status = 'requested'))
      and not exists (select from public.order_items i join public.warranty_claims c on c.order_item_id = i.id
        where i.order_id = o.id and c.created_at > v_until)
      -- An older order that had the same good and must still be kept.
      and not exists (select from public.product_stocks s join public.order_items i on i.stock_id = s.id
        where s.order_id = o.id and i.order_id <> o.id)
    order by o.created_at limit p_limit for update skip locked);
  v_goods constant uuid[] := array(select s.id from public.product_stocks s where s.order_id = any(v_orders));
  v_counts jsonb := jsonb_build_object('orders', cardinality(v_orders), 'product_stocks', cardinality(v_goods));
begin
  if cardinality(v_orders) = 0 then
    return null;
  end if;
  with gone as (delete from public.warranty_claims c using public.order_items i
    where i.id = c.order_item_id and i.order_id = any(v_orders) returning 1)
  select v_counts || jsonb_build_object('warranty_claims', count(*)) into v_counts from gone;
  with gone as (delete from public.refunds r where r.order_id = any(v_orders) returning 1)
  select v_counts || jsonb_build_object('refunds', count(*)) into v_counts from gone;
  with gone as (delete from public.vouchers v where v.order_id = any(v_orders) returning 1)
  select v_counts || jsonb_build_object('vouchers', count(*)) into v_counts from gone;
  with gone as (delete from public.payments p where p.order_id = any(v_orders) returning 1)
  select v_counts || jsonb_build_object('payments', count(*)) into v_counts from gone;
  with gone as (delete from public.order_items i where i.order_id = any(v_orders) returning 1)
  select v_counts || jsonb_build_object('order_items', count(*)) into v_counts from gone;
  delete from public.product_stocks s where s.id = any(v_goods);
  delete from public.orders o where o.id = any(v_orders);
  perform public.note_retention('orders', v_counts);
  return v_counts;
end
$$;

-- The same for deposits.
create or replace function public.purge_deposits(p_limit integer) returns jsonb
language plpgsql security definer set search_path = '' set quickcart.retention = 'on' as $$
declare
  v_until constant timestamptz := niaga.now() - interval '7 years';
  v_deposits constant bigint[] := array(
    select d.id from public.deposits d
    where d.created_at <= v_until and d.updated_at <= v_until and d.status <> 'pending'
      and not exists (select from public.payments p where p.deposit_id = d.id
        and (p.updated_at > v_until or p.status in ('creating', 'awaiting')))
    order by d.created_at limit p_limit for update skip locked);
  v_counts jsonb := jsonb_build_object('deposits', cardinality(v_deposits));
begin
  if cardinality(v_deposits) = 0 then
    return null;
  end if;
  with gone as (delete from public.payments p where p.deposit_id = any(v_deposits) returning 1)
  select v_counts || jsonb_build_object('payments', count(*)) into v_counts from gone;
  delete from public.deposits d where d.id = any(v_deposits);
  perform public.note_retention('deposits', v_counts);
  return v_counts;
end
$$;

create or replace function public.note_retention(p_table text, p_counts jsonb) returns void
language plpgsql set search_path = '' as $$
begin
  perform audit.emit('retention', p_table, to_char(niaga.now() at time zone 'Asia/Jakarta', 'YYYY-MM-DD'), null,
    p_counts);
end
$$;
