-- Captures linked holds together: p_amounts names one amount per leg (null: all of every leg), the rest is
-- released. Every leg takes something; a leg that shall take nothing is a reason to release them all.
create or replace function ledger.capture_legs(p_reference text, p_amounts bigint[] default null) returns uuid
language plpgsql security definer set search_path = ''
-- A plan for a small table, kept while the table grows, would read all of it.
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_hold constant ledger.hold := ledger.lock_hold(p_reference);
  v_legs ledger.leg[];
begin
  select array_agg(row(d.name, c.name, coalesce(p_amounts[h.leg], h.amount), h.kind)::ledger.leg order by h.leg)
  into v_legs
  from ledger.hold h
  join ledger.account d on d.id = h.debit
  join ledger.account c on c.id = h.credit
  where h.reference = p_reference and (p_amounts is null or p_amounts[h.leg] between 1 and h.amount);
  if v_legs is null or cardinality(v_legs) <> v_hold.legs or cardinality(p_amounts) <> v_hold.legs then
    perform ledger.refuse('ledger_capture_exceeds_hold',
      format('%s holds %s legs, each can be captured from 1 to what it holds', p_reference, v_hold.legs),
      jsonb_build_object('reference', p_reference));
  end if;
  if v_hold.state = 'captured' then
    return ledger.replay(p_reference, v_legs);
  elsif v_hold.state <> 'open' then
    perform ledger.refuse('ledger_hold_closed', format('%s is already %s', p_reference, v_hold.state),
      jsonb_build_object('reference', p_reference, 'state', v_hold.state));
  elsif v_hold.expires_at <= ledger.clock() then
    perform ledger.refuse('ledger_hold_expired', format('%s has expired', p_reference),
      jsonb_build_object('reference', p_reference));
  end if;
  perform ledger.lock_accounts(v_legs);
  if exists (select from ledger.transfer t where t.id = v_hold.id) then
    perform ledger.refuse('ledger_reference_reused', format('%s is already posted', p_reference),
      jsonb_build_object('reference', p_reference));
  end if;
  perform ledger.reserve(p_reference, -1);
  perform ledger.post_legs(p_reference, v_legs, v_hold.metadata);
  update ledger.hold h set state = 'captured', closed_at = ledger.clock(), captured = v_legs[h.leg].amount
  where h.reference = p_reference;
  return v_hold.id;
end
$$;
