-- Posts all transfers of a batch in sets and returns their ids; or undoes everything and returns null, where one of
-- them cannot be posted, is already posted, or would leave a floor between two others.
create or replace function ledger.post_set(
  p_references text[], p_debits text[], p_credits text[], p_amounts bigint[], p_kinds text[], p_metadata jsonb[])
returns uuid[]
language plpgsql as $$
declare
  v_at constant timestamptz := ledger.clock();
  v_ids uuid[];
  v_debits bigint[];
  v_credits bigint[];
  v_debit_deltas bigint[];
  v_credit_deltas bigint[];
  v_debit_balances bigint[];
  v_credit_balances bigint[];
  v_possible boolean;
  v record;
begin
  select array_agg(ledger.id_of(l.reference) order by l.n),
    array_agg(d.id order by l.n), array_agg(-l.amount * d.normal order by l.n),
    array_agg(c.id order by l.n), array_agg(l.amount * c.normal order by l.n),
    count(*) = cardinality(p_references) and count(distinct l.reference) = cardinality(p_references)
  into v_ids, v_debits, v_debit_deltas, v_credits, v_credit_deltas, v_possible
  from unnest(p_references, p_debits, p_credits, p_amounts, p_kinds)
    with ordinality l (reference, debit, credit, amount, kind, n)
  join ledger.account d on d.name = l.debit
  join ledger.account c on c.name = l.credit and c.unit = d.unit and c.id <> d.id
  where l.amount > 0 and l.kind <> '' and length(l.reference) between 1 and 200;
  if not v_possible or exists (select from ledger.transfer t where t.id = any (v_ids)) then
    return null;
  end if;

  -- An UPDATE takes its rows in whatever order its plan finds them; only this keeps to ours.
  perform from ledger.account a
  where a.id = any (v_debits || v_credits) and not a.striped
  order by a.id desc
  for no key update;
  -- Each account with one balance row is changed once; the running balances are reckoned on from what it had.
  with entry as materialized (
    select e.n, true as debits, e.account, e.delta
    from unnest(v_debits, v_debit_deltas) with ordinality e (account, delta, n)
    union all
    select e.n, false, e.account, e.delta
    from unnest(v_credits, v_credit_deltas) with ordinality e (account, delta, n)
  ), net as materialized (
    select e.account, sum(e.delta)::bigint as delta from entry e group by e.account
  ), moved as (
    update ledger.account a set balance = a.balance + n.delta from net n
    where a.id = n.account and not a.striped
    returning a.id, a.balance - n.delta as before, a.held + a.floor as least
  ), running as (
    select e.n, e.debits, m.least,
      m.before + sum(e.delta) over (partition by e.account order by e.n) as balance
    from entry e left join moved m on m.id = e.account
  )
  select array_agg(r.balance::bigint order by r.n) filter (where r.debits),
    array_agg(r.balance::bigint order by r.n) filter (where not r.debits),
    coalesce(bool_and(r.balance >= r.least), true)
  into v_debit_balances, v_credit_balances, v_possible
  from running r;
  if not v_possible then
    raise check_violation;
  end if;

  insert into ledger.transfer (id, posted_at, debit, credit, amount, debit_balance, credit_balance,
    leg, legs, kind, reference, metadata)
  select l.id, v_at, l.debit, l.credit, l.amount, l.debit_balance, l.credit_balance, 1, 1, l.kind, l.reference, l.metadata
  from unnest(v_ids, v_debits, v_credits, p_amounts, v_debit_balances, v_credit_balances, p_kinds, p_references,
    p_metadata) l (id, debit, credit, amount, debit_balance, credit_balance, kind, reference, metadata);

  for v in
    select e.account, sum(e.delta)::bigint as delta
    from unnest(v_debits || v_credits, v_debit_deltas || v_credit_deltas, v_debit_balances || v_credit_balances)
      e (account, delta, balance)
    where e.balance is null
    group by e.account order by e.account
  loop
    perform ledger.move_stripe(v.account, v.delta);
  end loop;
  return v_ids;
exception
  -- A floor, or the same reference at the same moment: one after the other finds out which.
  when check_violation or unique_violation then
    return null;
end
$$;
