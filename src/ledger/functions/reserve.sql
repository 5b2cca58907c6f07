-- Adds (p_sign 1) or takes back (-1) what the holds of a reference reserve, in id order; called before a hold is
-- closed. A striped account has no floor and nothing to reserve: what is held there is the sum of its open holds.
create or replace function ledger.reserve(p_reference text, p_sign integer) returns void
language plpgsql as $$
declare
  v record;
begin
  for v in
    select a.id, p_sign * sum(h.amount)::bigint as held
    from ledger.hold h
    cross join lateral (values (h.debit, 1), (h.credit, -1)) side (account, normal)
    join ledger.account a on a.id = side.account and a.normal = side.normal
    where h.reference = p_reference and not a.striped
    group by a.id
    order by a.id
  loop
    perform ledger.move(v.id, 0, v.held);
  end loop;
end
$$;
