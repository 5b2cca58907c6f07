-- Takes over the points of a database that was there before (UserState, 8: db:migrate). Mutations that stand there are
-- not posted again: one opening transfer brings each account to what user_balance shows, and where that is not the sum of
-- the mutations one more of them, MANUAL and OPENING, says the difference. Requests that wait keep their points held.
create or replace function public.adopt_points() returns void
language plpgsql set search_path = '' as $$
declare
  v record;
begin
  insert into public.user_balance (username, balance, in_transaction, onapps_point)
  select m.username, 0, 0, trim_scale(greatest(0, sum(case m.type when 'EARN' then m.amount else -m.amount end)))::text
  from public.point_mutation m
  where m.status = 'COMPLETE' and not exists (select from public.user_balance b where b.username = m.username)
  group by m.username;

  for v in
    select b.username, coalesce(b.onapps_point, '0')::numeric as points, coalesce((
      select sum(case m.type when 'EARN' then m.amount else -m.amount end) from public.point_mutation m
      where m.username = b.username and m.status = 'COMPLETE'), 0) as summed
    from public.user_balance b order by b.username
  loop
    perform ledger.open_account('points:' || v.username, 'PTS', 0, p_personal => true, p_striped => false);
    if v.points > 0 then
      perform ledger.post('opening_points:' || v.username, 'issued:points', 'points:' || v.username,
        ledger.minor(v.points, 'PTS'), 'opening');
    end if;
    if v.points <> v.summed then
      insert into public.point_mutation (username, type, amount, reference_number, src, status)
      values (v.username, case when v.points > v.summed then 'EARN' else 'REDEEM' end::public.enum_point_mutation_type,
        abs(v.points - v.summed), 'OPENING', 'MANUAL', 'COMPLETE');
    end if;
  end loop;

  for v in
    select m.id, m.username, m.amount from public.point_mutation m
    where m.type = 'REDEEM' and m.status = 'PENDING' order by m.id
  loop
    perform public.ensure_wallet(v.username);
    perform ledger.open_account('points:' || v.username, 'PTS', 0, p_personal => true, p_striped => false);
    perform ledger.hold('point:' || v.id, 'points:' || v.username, 'issued:points', ledger.minor(v.amount, 'PTS'), 'points');
    update public.point_mutation m set hold_id = ledger.id_of('point:' || v.id) where m.id = v.id;
  end loop;
end
$$;
