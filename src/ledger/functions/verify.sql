-- Every violation of what must always be true, one row each; empty in health. One snapshot (the function is
-- stable), so it may run while others post; five passes over the transfers, none of them per account.
create or replace function ledger.verify() returns table (violation text, subject text, details jsonb)
language plpgsql stable security definer set search_path = '' as $$
declare
  p ledger.projection;
begin
  return query
    select 'unit does not sum to zero', b.unit, jsonb_build_object('sum', sum(b.normal * b.balance)::text)
    from ledger.account_balance b group by b.unit having sum(b.normal * b.balance) <> 0;
  return query
    select v.* from ledger.verify_entries() v;
  return query
    select 'transfer is not what its reference says', t.reference, jsonb_build_object('id', t.id, 'leg', t.leg)
    from ledger.transfer t where t.id <> ledger.id_of(t.reference, t.leg::integer);
  return query
    select 'journal is not whole', t.reference, jsonb_build_object('legs', max(t.legs), 'found', count(*))
    from ledger.transfer t where t.legs > 1
    group by t.reference having count(*) <> max(t.legs) or min(t.legs) <> max(t.legs);
  return query
    select 'transfer between different units', t.reference, jsonb_build_object('id', t.id)
    from ledger.transfer t
    join ledger.account d on d.id = t.debit join ledger.account c on c.id = t.credit
    where d.unit <> c.unit;
  return query
    select v.* from ledger.verify_holds() v;
  return query
    select 'available is below the floor', a.name, jsonb_build_object('available', (a.balance - a.held - a.floor)::text)
    from ledger.account a where a.balance - a.held < a.floor;
  for p in select * from ledger.projection loop
    return query select v.* from ledger.verify_projection(p) v;
  end loop;
end
$$;
