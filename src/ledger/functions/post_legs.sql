-- Writes the legs of a journal; the caller has checked them and locked their accounts.
create or replace function ledger.post_legs(p_reference text, p_legs ledger.leg[], p_metadata jsonb) returns void
language plpgsql as $$
declare
  v record;
begin
  for v in
    select l.leg, l.amount, l.kind, d.id as debit, c.id as credit,
      case when not d.striped then -l.amount * d.normal end as debit_delta,
      case when not c.striped then l.amount * c.normal end as credit_delta
    from unnest(p_legs) with ordinality l (debit, credit, amount, kind, leg)
    join ledger.account d on d.name = l.debit
    join ledger.account c on c.name = l.credit
    order by l.leg
  loop
    insert into ledger.transfer (id, posted_at, debit, credit, amount, debit_balance, credit_balance,
      leg, legs, kind, reference, metadata)
    values (ledger.id_of(p_reference, v.leg::integer), ledger.clock(), v.debit, v.credit, v.amount,
      case when v.debit_delta is not null then ledger.move(v.debit, v.debit_delta) end,
      case when v.credit_delta is not null then ledger.move(v.credit, v.credit_delta) end,
      v.leg, cardinality(p_legs), v.kind, p_reference, p_metadata)
    on conflict (id) do nothing;
    if not found then
      -- Posted since the caller looked, by somebody who shares no lock with us: other content, which is refused
      -- here, or the same between striped accounts only, where nothing has moved yet.
      perform ledger.replay(p_reference, p_legs);
      return;
    end if;
  end loop;
  perform ledger.move_stripes(p_legs);
end
$$;
