-- An admin corrects a balance (QuickCart, 4: adjustments). Answers it as it is afterwards.
--   p_mode: 'add' gives p_amount; 'set' makes it p_amount, in either direction
--   p_key: the request's; it becomes the ledger's reference adj:{key}
-- Refuses with user_not_found, amount_not_whole, amount_out_of_range {amount, min, max}, and idempotency_conflict
-- where the key has moved money before.
create or replace function public.adjust_balance(
  p_user bigint, p_mode text, p_amount numeric, p_key text, p_reason text) returns numeric
language plpgsql set search_path = '' as $$
declare
  -- A reference has 200 characters, a key up to 255.
  v_reference constant text := 'adj:' || case when length(p_key) <= 196 then p_key
    else encode(sha256(convert_to(p_key, 'UTF8')), 'hex') end;
  v_account constant text := 'user.' || p_user;
  v_balance numeric;
  v_min constant numeric := case p_mode when 'add' then 1 else 0 end;
  v_max numeric := case p_mode when 'add' then 100000000 else 999999999999 end;
  v_change numeric;
begin
  perform public.lock_person(p_user);
  select u.account_balance into v_balance from public.users u where u.id = p_user;
  if p_amount <> trunc(p_amount) then
    perform public.refuse('amount_not_whole', jsonb_build_object('amount', p_amount::text));
  end if;
  v_change := case p_mode when 'add' then p_amount when 'set' then p_amount - v_balance end;
  if p_amount not between v_min and v_max or v_balance + v_change > 999999999999 then
    perform public.refuse('amount_out_of_range', jsonb_build_object('amount', p_amount::text,
      'min', v_min::numeric(15,2)::text, 'max', v_max::numeric(15,2)::text));
  end if;
  if exists (select from ledger.journal(v_reference)) then
    perform public.refuse('idempotency_conflict');
  end if;
  if v_change <> 0 then
    perform ledger.post_journal(v_reference, array[
        case when v_change > 0 then ledger.leg('adjustments', v_account, ledger.minor(v_change, 'IDR'))
          else ledger.leg(v_account, 'adjustments', ledger.minor(-v_change, 'IDR')) end],
      'adj', jsonb_strip_nulls(jsonb_build_object('reason', p_reason)));
    insert into public.telegram_outbox (chat_id, method, payload, priority, next_attempt_at, created_at)
      values (p_user, 'sendMessage', jsonb_build_object('kind', 'balance_adjusted',
          'change', v_change::numeric(15,2)::text, 'balance', (v_balance + v_change)::numeric(15,2)::text),
        3, niaga.now(), niaga.now());
  end if;
  return v_balance + v_change;
end
$$;
