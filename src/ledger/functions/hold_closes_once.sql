-- niaga:require functions/refuse.sql
-- A hold changes once, from open to its end; what it promised never changes.
create or replace function ledger.hold_closes_once() returns trigger
language plpgsql set search_path = '' as $$
begin
  if old.state <> 'open' or new.state = 'open'
    or (new.id, new.reference, new.leg, new.legs, new.debit, new.credit, new.amount, new.kind)
      is distinct from (old.id, old.reference, old.leg, old.legs, old.debit, old.credit, old.amount, old.kind)
  then
    perform ledger.refuse('ledger_append_only', format('hold %s is %s and stays so', old.reference, old.state),
      jsonb_build_object('table', 'hold', 'operation', 'UPDATE'));
  end if;
  return new;
end
$$;
