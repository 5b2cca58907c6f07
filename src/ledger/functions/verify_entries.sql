-- niaga:require functions/account_balance.sql
-- Each account's balance is the sum of its entries, and so is every running balance at its place.
create or replace function ledger.verify_entries() returns table (violation text, subject text, details jsonb)
language sql stable set search_path = '' as $$
  with entry as (
    select t.debit as account, -t.amount as moved, t.debit_balance as shown, t.seq from ledger.transfer t
    union all
    select t.credit, t.amount, t.credit_balance, t.seq from ledger.transfer t
  ), running as (
    select e.account, e.shown, e.seq,
      sum(e.moved) over (partition by e.account order by e.seq rows unbounded preceding) as moved,
      row_number() over (partition by e.account order by e.seq desc) as from_end
    from entry e
  )
  select 'running balance is wrong', coalesce(a.name, r.account::text),
    jsonb_build_object('seq', r.seq, 'shown', r.shown::text, 'sum', (r.moved * a.normal)::text)
  from running r left join ledger.account a on a.id = r.account
  where a.id is null or r.shown <> r.moved * a.normal
  union all
  select 'balance is not the sum of entries', b.name,
    jsonb_build_object('balance', b.balance::text, 'sum', (coalesce(r.moved, 0) * b.normal)::text)
  from ledger.account_balance b
  left join running r on r.account = b.id and r.from_end = 1
  where b.balance is distinct from coalesce(r.moved, 0) * b.normal
$$;
