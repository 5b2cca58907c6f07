-- Changes the striped accounts of these legs, each once, in id order, after all others.
create or replace function ledger.move_stripes(p_legs ledger.leg[]) returns void
language plpgsql as $$
declare
  v record;
begin
  for v in
    select a.id, sum(a.normal * m.delta)::bigint as delta
    from (select l.debit as name, -l.amount as delta from unnest(p_legs) l
      union all select l.credit, l.amount from unnest(p_legs) l) m
    join ledger.account a on a.name = m.name
    where a.striped
    group by a.id
    order by a.id
  loop
    perform ledger.move_stripe(v.id, v.delta);
  end loop;
end
$$;
