-- Frees what the holds of a reference reserve and closes them; their accounts are locked by the caller.
create or replace function ledger.close_hold(p_reference text, p_state text) returns void
language plpgsql as $$
begin
  perform ledger.reserve(p_reference, -1);
  update ledger.hold h set state = p_state, closed_at = ledger.clock()
  where h.reference = p_reference;
end
$$;
