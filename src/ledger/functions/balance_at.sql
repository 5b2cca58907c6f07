-- The balance an account had at a moment, in minor units: what is there now without what was posted later.
create or replace function ledger.balance_at(p_account text, p_at timestamptz) returns bigint
language plpgsql stable security definer set search_path = '' as $$
declare
  v_now constant bigint := ledger.balance(p_account);
  v_account constant bigint := (select a.id from ledger.account a where a.name = p_account);
begin
  return v_now - coalesce((
    select sum(e.amount) from ledger.entry e where e.account = v_account and e.posted_at > p_at), 0)::bigint;
end
$$;
