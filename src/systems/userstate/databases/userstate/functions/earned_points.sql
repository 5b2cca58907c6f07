-- Points that payments earn, and that refunds take back (UserState, U15). The user's row is locked.

-- `p` has just been paid: so many points for its amount, at once or after the days that the setting says.
create or replace function public.earn_points(p public.user_transaction) returns void
language plpgsql set search_path = '' as $$
declare
  v_points constant bigint := p.amount / (public.setting('points.earn_amount'))::bigint;
  v_days constant integer := public.setting('points.earn_delay_days');
begin
  if v_points > 0 then
    insert into public.point_mutation (username, type, amount, reference_number, src, status, available_at, created_at,
      updated_at)
    values (p.username, 'EARN', v_points, p.invoice, 'TRANSACTION',
      case when v_days > 0 then 'PENDING' else 'COMPLETE' end::public.enum_point_mutation_status,
      case when v_days > 0 then niaga.now() + make_interval(days => v_days) end, niaga.now(), niaga.now())
    on conflict do nothing;
  end if;
end
$$;

-- p_refund of what is left of payment `p`, p_left, goes back: so do the points in proportion, rounded down, as far as
-- they are there. What is not earned yet is earned that much less; after the last rupiah not at all.
create or replace function public.take_back_points(
  p public.user_transaction, p_left bigint, p_refund bigint, p_refund_invoice text) returns void
language plpgsql set search_path = '' as $$
declare
  v_earned public.point_mutation;
  v_points numeric;
begin
  select * into v_earned from public.point_mutation m
  where m.username = p.username and m.type = 'EARN' and m.src = 'TRANSACTION' and m.reference_number = p.invoice
  for no key update;
  if not found then
    return;
  elsif v_earned.status = 'PENDING' then
    v_points := v_earned.amount - floor(v_earned.amount * p_refund / p_left);
    delete from public.point_mutation m where m.id = v_earned.id;
    if v_points > 0 then
      insert into public.point_mutation (username, type, amount, reference_number, src, status, available_at, created_at,
        updated_at)
      values (p.username, 'EARN', v_points, p.invoice, 'TRANSACTION', 'PENDING', v_earned.available_at,
        v_earned.created_at, niaga.now());
    end if;
    return;
  end if;
  select v_earned.amount - coalesce(sum(m.amount), 0) into v_points
  from public.user_transaction r
  join public.point_mutation m on m.username = p.username and m.type = 'REDEEM' and m.src = 'TRANSACTION'
    and m.reference_number = r.invoice
  where r.parent_id = p.id and r.type = 'REFUND';
  select least(floor(v_points * p_refund / p_left), ledger.decimal(a.balance - a.held, 'PTS')) into v_points
  from ledger.account a where a.name = 'points:' || p.username;
  if v_points > 0 then
    insert into public.point_mutation (username, type, amount, reference_number, src, status, created_at, updated_at)
    values (p.username, 'REDEEM', v_points, p_refund_invoice, 'TRANSACTION', 'COMPLETE', niaga.now(), niaga.now());
  end if;
end
$$;
