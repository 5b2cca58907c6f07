-- Posts several legs, all or nothing, in their order: each must leave every floor standing.
-- A leg of zero is left out (no voucher, no fee); a journal without any other leg is refused. Returns the id of
-- the first leg, ledger.id_of(p_reference); leg n is ledger.id_of(p_reference, n). The same reference with the
-- same legs again is a no-op.
create or replace function ledger.post_journal(
  p_reference text, p_legs ledger.leg[], p_kind text, p_metadata jsonb default null) returns uuid
language plpgsql security definer set search_path = '' as $$
declare
  v_legs constant ledger.leg[] := ledger.legs_of(p_reference, p_legs, p_kind);
  v_lock constant bigint := hashtextextended(p_reference, 0);
  v record;
begin
  if not pg_try_advisory_xact_lock(v_lock) then
    perform pg_advisory_xact_lock(v_lock);
  end if;
  if exists (select from ledger.transfer t where t.id = ledger.id_of(p_reference)) then
    return ledger.replay(p_reference, v_legs);
  end if;

  perform ledger.lock_accounts(v_legs);
  for v in
    select l.leg, l.amount, l.kind, d.id as debit, c.id as credit,
      case when not d.striped then -l.amount * d.normal end as debit_delta,
      case when not c.striped then l.amount * c.normal end as credit_delta
    from unnest(v_legs) with ordinality l (debit, credit, amount, kind, leg)
    join ledger.account d on d.name = l.debit
    join ledger.account c on c.name = l.credit
    order by l.leg
  loop
    insert into ledger.transfer (id, posted_at, debit, credit, amount, debit_balance, credit_balance,
      leg, legs, kind, reference, metadata)
    values (ledger.id_of(p_reference, v.leg::integer), ledger.clock(), v.debit, v.credit, v.amount,
      case when v.debit_delta is not null then ledger.move(v.debit, v.debit_delta) end,
      case when v.credit_delta is not null then ledger.move(v.credit, v.credit_delta) end,
      v.leg, cardinality(v_legs), v.kind, p_reference, p_metadata);
  end loop;
  perform ledger.move_stripes(v_legs);
  return ledger.id_of(p_reference);
end
$$;
