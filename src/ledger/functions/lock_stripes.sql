-- Locks this backend's stripe of each striped account of these legs, in id order, after the other accounts.
create or replace function ledger.lock_stripes(p_legs ledger.leg[]) returns void
language plpgsql as $$
begin
  perform from ledger.stripe s
  where s.account in (
      select a.id from ledger.account a
      where a.striped and a.name = any (
        select l.debit from unnest(p_legs) l union select l.credit from unnest(p_legs) l))
    and s.stripe = pg_backend_pid() % 32
  order by s.account
  for no key update;
end
$$;
