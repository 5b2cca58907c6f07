-- Marks a payout as being sent, before it is: from now on it cannot be cancelled without the gateway's word. Answers how
-- many tries were made before; null where there is nothing to send (any more).
-- niaga:require functions/move_payout.sql
create or replace function public.claim_payout(p_id bigint) returns integer
language plpgsql set search_path = '' as $$
declare
  v constant public.payout := public.lock_payout(p_id);
begin
  if v.status <> 'QUEUED' or v.xendit_payout_id is not null then
    return null;
  end if;
  update public.payout p set attempts = p.attempts + 1 where p.id = p_id;
  return v.attempts;
end
$$;
