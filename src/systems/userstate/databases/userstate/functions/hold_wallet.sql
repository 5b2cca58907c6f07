-- Holds what somebody is about to spend. Refuses with insufficient_funds.
-- niaga:require functions/refuse.sql
create or replace function public.hold_wallet(p_reference text, p_legs ledger.leg[], p_kind text) returns void
language plpgsql set search_path = '' as $$
begin
  perform ledger.hold_journal(p_reference, p_legs, p_kind);
exception when sqlstate 'NGL02' then
  perform public.refuse('insufficient_funds');
end
$$;
