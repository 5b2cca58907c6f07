-- The reference already holds: the same legs are a no-op, others are refused.
create or replace function ledger.replay_hold(p_reference text, p_legs ledger.leg[])
returns uuid
language plpgsql as $$
begin
  if exists (
    select from unnest(p_legs) with ordinality l (debit, credit, amount, kind, leg)
    left join (ledger.hold h
      join ledger.account d on d.id = h.debit
      join ledger.account c on c.id = h.credit)
      on h.reference = p_reference and h.leg = l.leg
    where (h.legs, d.name, c.name, h.amount, h.kind)
      is distinct from (cardinality(p_legs), l.debit, l.credit, l.amount, l.kind)
  ) then
    perform ledger.refuse('ledger_reference_reused', format('%s already holds other content', p_reference),
      jsonb_build_object('reference', p_reference));
  end if;
  return ledger.id_of(p_reference);
end
$$;
