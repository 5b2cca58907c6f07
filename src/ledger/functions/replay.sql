-- The reference is already posted: the same legs are a no-op that returns its id, others are refused.
create or replace function ledger.replay(p_reference text, p_legs ledger.leg[]) returns uuid
language plpgsql as $$
begin
  if exists (
    select from unnest(p_legs) with ordinality l (debit, credit, amount, kind, leg)
    left join (ledger.transfer t
      join ledger.account d on d.id = t.debit
      join ledger.account c on c.id = t.credit)
      on t.id = ledger.id_of(p_reference, l.leg::integer)
    where (t.reference, t.leg, t.legs, d.name, c.name, t.amount, t.kind)
      is distinct from (p_reference, l.leg, cardinality(p_legs), l.debit, l.credit, l.amount, l.kind)
  ) then
    perform ledger.refuse('ledger_reference_reused', format('%s is already posted with other content', p_reference),
      jsonb_build_object('reference', p_reference));
  end if;
  return ledger.id_of(p_reference);
end
$$;
