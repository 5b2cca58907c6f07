-- The entries of an account, newest first, with the balance after each; p_before and p_before_balance come from
-- the last row of the page before (seq, and balance - amount).
create or replace function ledger.statement(
  p_account text, p_limit integer default 50, p_before bigint default null, p_before_balance bigint default null)
returns table (seq bigint, posted_at timestamptz, transfer uuid, reference text, leg smallint, kind text,
  counterpart text, amount bigint, balance bigint, metadata jsonb)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  v_start constant bigint := coalesce(p_before_balance, ledger.balance(p_account));
  v_account constant bigint := (select a.id from ledger.account a where a.name = p_account);
begin
  return query
  select e.seq, e.posted_at, e.transfer, e.reference, e.leg, e.kind, c.name, e.amount,
    (v_start - coalesce(sum(e.amount) over (
      order by e.seq desc rows between unbounded preceding and 1 preceding), 0))::bigint,
    e.metadata
  from (
    select * from ledger.entry e
    where e.account = v_account and (p_before is null or e.seq < p_before)
    order by e.seq desc limit p_limit) e
  join ledger.account c on c.id = e.counterpart
  order by e.seq desc;
end
$$;
