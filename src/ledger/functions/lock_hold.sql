-- Locks the holds of a reference, first leg first, and returns the first. State, or null where it may be closed
-- now, is the caller's to judge.
create or replace function ledger.lock_hold(p_reference text) returns ledger.hold
language plpgsql as $$
declare
  v_first ledger.hold;
begin
  -- One lock for all legs: they are only ever closed together.
  select * into v_first from ledger.hold h where h.reference = p_reference and h.leg = 1 for update;
  if not found then
    perform ledger.refuse('ledger_hold_unknown', format('nothing is held under %s', p_reference),
      jsonb_build_object('reference', p_reference));
  end if;
  return v_first;
end
$$;
