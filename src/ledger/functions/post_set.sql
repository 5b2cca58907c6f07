-- Posts all transfers of a batch in sets, or none and returns false: where one of them cannot be posted, is already
-- posted, or would leave a floor between two others. The caller holds the locks.
create or replace function ledger.post_set(p_references text[], p_legs ledger.leg[], p_metadata jsonb[]) returns boolean
language plpgsql set search_path = '' as $$
declare
  v_count constant integer := cardinality(p_references);
  v_ids uuid[];
  v_debits bigint[];
  v_credits bigint[];
  v_amounts bigint[];
  v_debit_balances bigint[];
  v_credit_balances bigint[];
  v_floors_stand boolean;
  v_at constant timestamptz := ledger.clock();
begin
  select array_agg(ledger.id_of(p_references[l.n]) order by l.n), array_agg(d.id order by l.n),
    array_agg(c.id order by l.n), array_agg(l.amount order by l.n)
  into v_ids, v_debits, v_credits, v_amounts
  from unnest(p_legs) with ordinality l (debit, credit, amount, kind, n)
  join ledger.account d on d.name = l.debit
  join ledger.account c on c.name = l.credit and c.unit = d.unit and c.id <> d.id
  where l.amount > 0 and l.kind <> '' and length(p_references[l.n]) between 1 and 200;
  if cardinality(v_ids) is distinct from v_count
    or (select count(distinct r) from unnest(p_references) r) < v_count
    or exists (select from ledger.transfer t where t.id = any (v_ids))
  then
    return false;
  end if;

  with moved as (
    select m.n, m.debits, a.balance + sum(m.delta * a.normal) over (partition by a.id order by m.n) as balance,
      a.held, a.floor
    from (
      select n, true as debits, v_debits[n] as account, -v_amounts[n] as delta from generate_series(1, v_count) n
      union all
      select n, false, v_credits[n], v_amounts[n] from generate_series(1, v_count) n) m
    join ledger.account a on a.id = m.account
    where not a.striped
  ), balances as (
    select n, max(balance) filter (where debits)::bigint as debit, max(balance) filter (where not debits)::bigint as credit,
      coalesce(bool_and(balance - held >= floor), true) as stands
    from moved group by n
  )
  select array_agg(b.debit order by n), array_agg(b.credit order by n), coalesce(bool_and(b.stands), true)
  into v_debit_balances, v_credit_balances, v_floors_stand
  from generate_series(1, v_count) n left join balances b using (n);
  if not v_floors_stand then
    return false;
  end if;

  insert into ledger.transfer (id, posted_at, debit, credit, amount, debit_balance, credit_balance,
    leg, legs, kind, reference, metadata)
  select v_ids[n], v_at, v_debits[n], v_credits[n], v_amounts[n], v_debit_balances[n], v_credit_balances[n],
    1, 1, p_legs[n].kind, p_references[n], p_metadata[n]
  from generate_series(1, v_count) n order by n;
  update ledger.account a set balance = a.balance + a.normal * m.delta
  from (
    select account, sum(delta)::bigint as delta from (
      select v_debits[n] as account, -v_amounts[n] as delta from generate_series(1, v_count) n
      union all select v_credits[n], v_amounts[n] from generate_series(1, v_count) n) e
    group by account) m
  where a.id = m.account and not a.striped;
  perform ledger.move_stripes(p_legs);
  return true;
exception
  -- The same reference at the same moment, between accounts that share no lock.
  when unique_violation then
    raise exception 'a reference is being posted elsewhere' using errcode = 'serialization_failure';
end
$$;
