-- Locks the accounts under these held references that keep one balance row, youngest first, as everybody does.
create or replace function ledger.lock_held_accounts(p_references text[]) returns void
language plpgsql as $$
begin
  perform from ledger.account a
  where a.id in (
      select unnest(array[h.debit, h.credit])
      from ledger.hold h where h.reference = any (p_references))
    and not a.striped
  order by a.id desc
  for no key update;
end
$$;
