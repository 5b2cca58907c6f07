-- Changes the floor of an account, a credit limit for instance; null: any depth. Refused while what is available
-- is below the new floor. A floor turns a striped account into one with a single balance row: everybody who
-- posts to it waits for that once.
create or replace function ledger.set_floor(p_account text, p_floor bigint) returns void
language plpgsql security definer set search_path = '' as $$
declare
  v ledger.account;
  v_balance bigint := 0;
  v_held bigint := 0;
begin
  select * into v from ledger.account a where a.name = p_account for no key update;
  if not found then
    perform ledger.refuse('ledger_account_unknown', format('there is no account %s', p_account),
      jsonb_build_object('account', p_account));
  end if;
  if v.striped and p_floor is not null then
    -- Whoever is writing a stripe now commits first; whoever comes later finds none and tries again.
    perform from ledger.stripe s where s.account = v.id order by s.stripe for update;
    select b.balance, b.held into v_balance, v_held from ledger.account_balance b where b.id = v.id;
    delete from ledger.stripe s where s.account = v.id;
  end if;
  if p_floor is not null and v.balance + v_balance - v.held - v_held < p_floor then
    perform ledger.refuse('ledger_floor_not_met', format('%s is below %s', p_account, p_floor),
      jsonb_build_object('account', p_account, 'floor', p_floor::text));
  end if;
  update ledger.account a set floor = p_floor, striped = v.striped and p_floor is null,
    balance = a.balance + v_balance, held = a.held + v_held
  where a.id = v.id;
end
$$;
