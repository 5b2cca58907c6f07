-- niaga:require functions/hold_journal.sql
-- niaga:require functions/leg.sql
-- Promises p_amount from p_debit to p_credit: it stays where it is and is no longer available, until it is
-- captured, released, or p_expires_at has passed (null: never). Returns the hold's id, ledger.id_of(p_reference),
-- which is also the id of the transfer that captures it. The same reference and content again is a no-op.
create or replace function ledger.hold(
  p_reference text, p_debit text, p_credit text, p_amount bigint, p_kind text,
  p_metadata jsonb default null, p_expires_at timestamptz default null) returns uuid
language sql volatile security definer set search_path = '' as $$
  select ledger.hold_journal(p_reference, array[ledger.leg(p_debit, p_credit, p_amount, p_kind)], p_kind, p_metadata, p_expires_at)
$$;
