-- Gives back what is held under a reference, all legs. Again, or after it expired, is a no-op; a captured hold
-- is refused. Returns whether this call did it.
create or replace function ledger.release(p_reference text) returns boolean
language plpgsql security definer set search_path = ''
-- A plan for a small table, kept while the table grows, would read all of it.
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_hold constant ledger.hold := ledger.lock_hold(p_reference);
begin
  if v_hold.state = 'captured' then
    perform ledger.refuse('ledger_hold_closed', format('%s is already captured', p_reference),
      jsonb_build_object('reference', p_reference, 'state', v_hold.state));
  elsif v_hold.state <> 'open' then
    return false;
  end if;
  perform ledger.lock_held_accounts(array[p_reference]);
  perform ledger.close_hold(p_reference, 'released');
  return true;
end
$$;
