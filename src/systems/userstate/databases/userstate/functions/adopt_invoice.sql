-- The gateway has made the invoice of a transaction. Answers
--   adopted  it is the transaction's invoice now, or was
--   closed   so it is, but the transaction is over: nobody should pay it
--   other    the transaction has another one
-- niaga:require functions/lock_user.sql
create or replace function public.adopt_invoice(p_id bigint, p_xendit_invoice text, p_url text) returns text
language plpgsql set search_path = '' as $$
declare
  v_transaction constant public.user_transaction := public.lock_transaction(p_id);
begin
  if v_transaction.xendit_invoice <> p_xendit_invoice then
    return 'other';
  end if;
  -- Also where it is over, so that money that comes for it all the same finds it.
  update public.user_transaction t set xendit_invoice = p_xendit_invoice, xendit_url = p_url
  where t.id = p_id and t.xendit_invoice is null;
  return case v_transaction.status when 'PENDING' then 'adopted' else 'closed' end;
end
$$;
