-- Legs from four arrays, as drivers send them.
create or replace function ledger.legs(p_debits text[], p_credits text[], p_amounts bigint[], p_kinds text[])
returns ledger.leg[]
language sql immutable parallel safe set search_path = '' as $$
  select array_agg(row(u.debit, u.credit, u.amount, u.kind)::ledger.leg order by u.n)
  from unnest(p_debits, p_credits, p_amounts, p_kinds) with ordinality u (debit, credit, amount, kind, n)
$$;
