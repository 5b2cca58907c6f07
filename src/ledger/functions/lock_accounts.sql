-- Locks the accounts of these legs that keep one balance row, youngest first, as everybody does.
create or replace function ledger.lock_accounts(p_legs ledger.leg[]) returns void
language plpgsql as $$
begin
  perform from ledger.account a
  where a.name = any (
      select l.debit from unnest(p_legs) l union select l.credit from unnest(p_legs) l)
    and not a.striped
  order by a.id desc
  for no key update;
end
$$;

-- The same of those where a hold of these legs reserves something: nobody who holds for a busy payee waits for the others.
create or replace function ledger.lock_reserving(p_legs ledger.leg[]) returns void
language plpgsql as $$
begin
  perform from ledger.account a
  where (a.name, a.normal) in (
      select side.account, side.normal
      from unnest(p_legs) l
      cross join lateral (values (l.debit, 1), (l.credit, -1)) side (account, normal))
    and not a.striped
  order by a.id desc
  for no key update;
end
$$;
