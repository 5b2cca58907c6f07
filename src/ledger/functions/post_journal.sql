-- Posts several legs, all or nothing, in their order: each must leave every floor standing.
-- A leg of zero is left out (no voucher, no fee); a journal without any other leg is refused. Returns the id of
-- the first leg, ledger.id_of(p_reference); leg n is ledger.id_of(p_reference, n). The same reference with the
-- same legs again is a no-op.
create or replace function ledger.post_journal(
  p_reference text, p_legs ledger.leg[], p_kind text, p_metadata jsonb default null) returns uuid
language plpgsql security definer set search_path = ''
-- A plan for a small table, kept while the table grows, would read all of it.
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_legs constant ledger.leg[] := ledger.legs_of(p_reference, p_legs, p_kind);
begin
  -- First the locks, then the look: whoever posts the same legs at the same moment waits in between.
  perform ledger.lock_accounts(v_legs);
  if exists (select from ledger.transfer t where t.id = ledger.id_of(p_reference)) then
    return ledger.replay(p_reference, v_legs);
  end if;
  perform ledger.post_legs(p_reference, v_legs, p_metadata);
  return ledger.id_of(p_reference);
end
$$;
