-- One transfer of a batch, its locks held: 'posted', or 'replayed' where it already was.
create or replace function ledger.post_one(p_reference text, p_leg ledger.leg, p_metadata jsonb) returns text
language plpgsql as $$
declare
  v_legs ledger.leg[];
begin
  if p_leg.amount = 0 then
    perform ledger.refuse_leg(p_reference, p_leg.debit, p_leg.credit, 0, p_leg.kind);
  end if;
  v_legs := ledger.legs_of(p_reference, array[p_leg], null);
  if exists (select from ledger.transfer t where t.id = ledger.id_of(p_reference)) then
    perform ledger.replay(p_reference, v_legs);
    return 'replayed';
  end if;
  perform ledger.post_legs(p_reference, v_legs, p_metadata);
  return 'posted';
end
$$;
