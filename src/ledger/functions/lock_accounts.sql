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
  where a.name = any (
      select l.debit from unnest(p_legs) l union select l.credit from unnest(p_legs) l)
    and exists (select from unnest(p_legs) l where a.name = case a.normal when 1 then l.debit else l.credit end)
    and not a.striped
  order by a.id desc
  for no key update;
end
$$;
