-- The gateway says what a payout has become (UserState, 3 and 4: M11, M12). Safe to call any number of times, in any order.
-- Answers
--   moved    the payout and its money follow
--   same     it was so before
--   refused  the answer fits no transition: nothing changed, people must look
-- niaga:require functions/lock_user.sql
create or replace function public.move_payout(p_id bigint, p_gateway_status text, p_xendit_payout text,
  p_failure_code text) returns text
language plpgsql set search_path = '' as $$
declare
  v public.payout;
  v_to constant text := case
    when p_gateway_status in ('ACCEPTED', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'REVERSED') then p_gateway_status
    when p_gateway_status in ('REQUESTED', 'PENDING', 'PENDING_COMPLIANCE_ASSESSMENT') then 'PENDING'
    when p_gateway_status in ('COMPLIANCE_REJECTED', 'EXPIRED') then 'FAILED' end;
begin
  v := public.lock_payout(p_id);
  if v.xendit_payout_id <> p_xendit_payout then
    return 'refused';
  end if;
  update public.payout p set xendit_payout_id = p_xendit_payout
  where p.id = p_id and p.xendit_payout_id is null and p_xendit_payout is not null;
  if v_to = v.status then
    return 'same';
  -- Told of the end alone: both steps, in order.
  elsif v_to = 'REVERSED' and v.status in ('QUEUED', 'ACCEPTED', 'PENDING') then
    perform public.end_payout(v, 'SUCCEEDED', null);
    v.status := 'SUCCEEDED';
  end if;
  case
    when v_to in ('ACCEPTED', 'PENDING')
      and (v.status, v_to) in (('QUEUED', 'ACCEPTED'), ('QUEUED', 'PENDING'), ('ACCEPTED', 'PENDING')) then
      update public.payout p set status = v_to where p.id = p_id;
    when v_to in ('SUCCEEDED', 'FAILED', 'CANCELLED') and v.status in ('QUEUED', 'ACCEPTED', 'PENDING') then
      perform public.end_payout(v, v_to, p_failure_code);
    when v_to = 'REVERSED' and v.status = 'SUCCEEDED' then
      perform public.reverse_payout(v, p_failure_code);
    -- Out of date: it went further meanwhile.
    when v_to in ('ACCEPTED', 'PENDING') or (v_to = 'SUCCEEDED' and v.status = 'REVERSED') then
      return 'same';
    else
      return 'refused';
  end case;
  return 'moved';
end
$$;

-- A payout and the rows above it. Refuses with not_found.
create or replace function public.lock_payout(p_id bigint) returns public.payout
language plpgsql set search_path = '' as $$
declare
  v_payout public.payout;
begin
  perform public.lock_transaction(p.transaction_id) from public.payout p where p.id = p_id;
  select * into v_payout from public.payout p where p.id = p_id for no key update;
  if not found then
    perform public.refuse('not_found');
  end if;
  return v_payout;
end
$$;

-- M11: SUCCEEDED takes what is held, FAILED and CANCELLED give it back. `p` is locked and open.
create or replace function public.end_payout(p public.payout, p_status text, p_failure_code text) returns void
language plpgsql set search_path = '' as $$
begin
  update public.payout o set status = p_status, failure_code = left(p_failure_code, 64), completed_at = niaga.now()
  where o.id = p.id;
  update public.user_transaction t set
    status = case p_status when 'SUCCEEDED' then 'PAID' else p_status end,
    paid_at = case p_status when 'SUCCEEDED' then niaga.now() end,
    -- The last leg: after it the wallet is as the whole leaves it.
    transfer_id = case p_status when 'SUCCEEDED'
      then ledger.id_of('payout:' || p.id, case when p.fee > 0 then 2 else 1 end) end,
    gateway_error = left(p_failure_code, 64)
  where t.id = p.transaction_id;
  if p_status = 'SUCCEEDED' then
    perform ledger.capture_legs('payout:' || p.id);
  else
    perform ledger.release('payout:' || p.id);
  end if;
end
$$;

-- M12: the bank sent it back; sum and fee return to the wallet under a row of their own. `p` is locked and succeeded.
create or replace function public.reverse_payout(p public.payout, p_failure_code text) returns void
language plpgsql set search_path = '' as $$
declare
  v_reference constant text := 'reversal:' || p.id;
  v_wallet constant text := 'wallet:' || p.username;
begin
  update public.payout o set status = 'REVERSED', failure_code = left(p_failure_code, 64) where o.id = p.id;
  perform ledger.post_journal(v_reference, array[
    ledger.leg('gateway:xendit', v_wallet, p.amount), ledger.leg('revenue:payout_fee', v_wallet, p.fee)], 'reversal');
  insert into public.user_transaction (username, type, amount, invoice, status, src, parent_id, paid_at, transfer_id,
    created_at, updated_at)
  values (p.username, 'REFUND', p.amount + p.fee, public.next_document('INVOICE'), 'PAID', 'REVERSAL', p.transaction_id,
    niaga.now(), ledger.id_of(v_reference, case when p.fee > 0 then 2 else 1 end), niaga.now(), niaga.now());
end
$$;
