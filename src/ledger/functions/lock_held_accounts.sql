-- Locks the accounts under these held references that keep one balance row, in id order, as everybody does.
create or replace function ledger.lock_held_accounts(p_references text[]) returns void
language plpgsql set search_path = '' as $$
begin
  perform from ledger.account a
  where a.id in (
      select unnest(array[h.debit, h.credit])
      from unnest(p_references) r
      join ledger.hold f on f.id = ledger.id_of(r)
      cross join lateral generate_series(1, f.legs) n
      join ledger.hold h on h.id = ledger.id_of(r, n))
    and not a.striped
  order by a.id
  for no key update;
end
$$;
