-- Somebody thinks better of a payout (UserState, U18). Answers `cancelled`, or `ask` where the gateway has it and must say
-- so itself. What was sent and not answered may be on its way. Refuses with not_found, payout_not_cancellable.
-- niaga:require functions/move_payout.sql
create or replace function public.cancel_payout(p_id bigint) returns text
language plpgsql set search_path = '' as $$
declare
  v constant public.payout := public.lock_payout(p_id);
begin
  if v.status = 'CANCELLED' then
    return 'cancelled';
  elsif v.status = 'ACCEPTED' then
    return 'ask';
  elsif v.status <> 'QUEUED' or v.attempts > 0 then
    perform public.refuse('payout_not_cancellable', jsonb_build_object('status', v.status));
  end if;
  perform public.end_payout(v, 'CANCELLED', null);
  return 'cancelled';
end
$$;
