-- Changes balance and held of one account and returns its new balance; null where it is striped.
create or replace function ledger.move(p_account bigint, p_delta bigint, p_held bigint default 0) returns bigint
language plpgsql as $$
declare
  v_balance bigint;
begin
  update ledger.account a set balance = a.balance + p_delta, held = a.held + p_held
  where a.id = p_account and not a.striped
    and (a.floor is null or a.balance - a.held + p_delta - p_held >= a.floor)
  returning a.balance into v_balance;
  if not found then perform ledger.refuse_move(p_account, p_delta, p_held); end if;
  return v_balance;
end
$$;
