-- Locks the accounts where these held references reserve something and that keep one balance row, youngest first, as
-- everybody does.
create or replace function ledger.lock_held_accounts(p_references text[]) returns void
language plpgsql as $$
begin
  perform from ledger.account a
  where (a.id, a.normal) in (
      select side.account, side.normal
      from ledger.hold h
      cross join lateral (values (h.debit, 1), (h.credit, -1)) side (account, normal)
      where h.reference = any (p_references))
    and not a.striped
  order by a.id desc
  for no key update;
end
$$;
