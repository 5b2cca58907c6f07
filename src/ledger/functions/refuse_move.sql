-- Says why an account with a single balance row could not be changed by these amounts.
create or replace function ledger.refuse_move(p_account bigint, p_delta bigint, p_held bigint default 0) returns void
language plpgsql set search_path = '' as $$
declare
  v ledger.account;
begin
  select * into v from ledger.account a where a.id = p_account;
  if v.striped or v.floor is null or v.balance - v.held + p_delta - p_held >= v.floor then
    raise exception 'account % changed meanwhile', v.name using errcode = 'serialization_failure';
  end if;
  perform ledger.refuse('ledger_insufficient_funds', format('%s has not enough', v.name), jsonb_build_object(
    'account', v.name, 'unit', v.unit,
    'available', (v.balance - v.held - v.floor)::text, 'needed', (p_held - p_delta)::text));
end
$$;
