-- Finance corrects a wallet (UserState, 4: M17). Answers the ADJUSTMENT row's id. Refuses with not_found,
-- insufficient_funds, wallet_limit_exceeded.
-- niaga:require functions/ensure_wallet.sql
create or replace function public.adjust_wallet(p_username text, p_direction text, p_amount integer, p_reason text)
returns bigint
language plpgsql set search_path = '' as $$
declare
  v_id constant bigint := nextval('public.user_transaction_id_seq');
  v_reference constant text := 'adjustment:' || v_id;
  v_wallet constant text := 'wallet:' || p_username;
begin
  -- Also of somebody who is disabled.
  perform from public.user_login l where l.username = p_username for no key update;
  if not found then
    perform public.refuse('not_found');
  end if;
  perform public.ensure_wallet(p_username);
  if p_direction = 'credit' then
    perform public.check_wallet_shows(p_username, p_amount);
  end if;
  begin
    perform ledger.post(v_reference,
      case p_direction when 'credit' then 'equity:adjustment' else v_wallet end,
      case p_direction when 'credit' then v_wallet else 'equity:adjustment' end, p_amount, 'adjustment');
  exception when sqlstate 'NGL02' then
    perform public.refuse('insufficient_funds');
  end;
  insert into public.user_transaction (id, username, type, amount, invoice, status, src, description, paid_at, transfer_id,
    created_at, updated_at)
  values (v_id, p_username, 'ADJUSTMENT', p_amount, public.next_document('INVOICE'), 'PAID',
    case p_direction when 'credit' then 'ADMIN_CREDIT' else 'ADMIN_DEBIT' end, p_reason, niaga.now(),
    ledger.id_of(v_reference), niaga.now(), niaga.now());
  return v_id;
end
$$;
