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
