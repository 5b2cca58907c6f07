-- The legs of a journal as they are posted: without those of zero, each with its kind, every one possible.
create or replace function ledger.legs_of(p_reference text, p_legs ledger.leg[], p_kind text) returns ledger.leg[]
language plpgsql stable as $$
declare
  v_legs ledger.leg[];
  v ledger.leg;
begin
  select array_agg(row(l.debit, l.credit, l.amount, coalesce(l.kind, p_kind))::ledger.leg order by l.n) into v_legs
  from unnest(p_legs) with ordinality l (debit, credit, amount, kind, n)
  where l.amount is distinct from 0;
  if v_legs is null or cardinality(v_legs) > 1000 then
    perform ledger.refuse('ledger_journal_invalid', 'a journal needs 1 to 1000 legs above zero',
      jsonb_build_object('reference', p_reference));
  end if;
  select l.* into v
  from unnest(v_legs) l
  left join ledger.account d on d.name = l.debit
  left join ledger.account c on c.name = l.credit
  where not coalesce(d.unit = c.unit and d.id <> c.id and l.amount > 0 and l.kind <> ''
    and length(p_reference) between 1 and 200, false)
  limit 1;
  if found then
    perform ledger.refuse_leg(p_reference, v.debit, v.credit, v.amount, v.kind);
  end if;
  return v_legs;
end
$$;
