-- Frees what the holds of a reference reserve and closes them; their accounts are locked by the caller.
create or replace function ledger.close_hold(p_reference text, p_legs integer, p_state text) returns void
language plpgsql set search_path = '' as $$
begin
  perform ledger.reserve(p_reference, -1);
  update ledger.hold h set state = p_state, closed_at = ledger.clock()
  where h.id in (select ledger.id_of(p_reference, n) from generate_series(1, p_legs) n);
end
$$;
