-- Linked holds: all legs are held together and later captured or released together.
-- Reserved is what a capture would take: on the debit side, and on a debit-normal credit side (cash paid out).
create or replace function ledger.hold_journal(
  p_reference text, p_legs ledger.leg[], p_kind text,
  p_metadata jsonb default null, p_expires_at timestamptz default null) returns uuid
language plpgsql security definer set search_path = ''
-- A plan for a small table, kept while the table grows, would read all of it.
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_legs constant ledger.leg[] := ledger.legs_of(p_reference, p_legs, p_kind);
  v_id constant uuid := ledger.id_of(p_reference);
  v_held integer;
begin
  perform ledger.lock_reserving(v_legs);
  if exists (select from ledger.hold h where h.reference = p_reference) then
    return ledger.replay_hold(p_reference, v_legs);
  elsif exists (select from ledger.transfer t where t.id = v_id) then
    perform ledger.refuse('ledger_reference_reused', format('%s is already posted', p_reference),
      jsonb_build_object('reference', p_reference));
  end if;
  insert into ledger.hold (id, reference, leg, legs, debit, credit, amount, kind, metadata, created_at, expires_at)
  select ledger.id_of(p_reference, l.leg::integer), p_reference, l.leg, cardinality(v_legs), d.id, c.id, l.amount,
    l.kind, p_metadata, ledger.clock(), p_expires_at
  from unnest(v_legs) with ordinality l (debit, credit, amount, kind, leg)
  join ledger.account d on d.name = l.debit
  join ledger.account c on c.name = l.credit
  order by l.leg
  on conflict (reference, leg) do nothing;
  get diagnostics v_held = row_count;
  if v_held < cardinality(v_legs) then
    -- Held since we looked, by somebody who shares no lock with us: other content, or striped accounts only.
    return ledger.replay_hold(p_reference, v_legs);
  end if;
  perform ledger.reserve(p_reference, 1);
  return v_id;
end
$$;
