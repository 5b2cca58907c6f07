-- The balance of an account in minor units, in its own sense.
create or replace function ledger.balance(p_account text) returns bigint
language plpgsql stable security definer set search_path = '' as $$
declare
  v_balance bigint;
begin
  select b.balance into v_balance from ledger.account_balance b where b.name = p_account;
  if not found then
    perform ledger.refuse('ledger_account_unknown', format('there is no account %s', p_account),
      jsonb_build_object('account', p_account));
  end if;
  return v_balance;
end
$$;
