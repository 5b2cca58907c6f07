-- niaga:require functions/account_balance.sql
-- What accounts hold back is the sum of their open holds; every captured hold has its transfer.
create or replace function ledger.verify_holds() returns table (violation text, subject text, details jsonb)
language sql stable set search_path = '' as $$
  with reserved as (
    select a.id, sum(h.amount) as held from ledger.hold h
    cross join lateral (values (h.debit, 1), (h.credit, -1)) side (account, normal)
    join ledger.account a on a.id = side.account and a.normal = side.normal
    where h.state = 'open' group by a.id
  )
  select 'held is not the sum of open holds', b.name,
    jsonb_build_object('held', b.held::text, 'sum', coalesce(r.held, 0)::text)
  from ledger.account_balance b left join reserved r on r.id = b.id
  where b.held <> coalesce(r.held, 0)
  union all
  select 'captured hold without its transfer', h.reference, jsonb_build_object('id', h.id)
  from ledger.hold h left join ledger.transfer t on t.id = h.id
    and (t.debit, t.credit, t.amount) = (h.debit, h.credit, h.captured)
  where h.state = 'captured' and t.id is null
  union all
  select 'linked holds ended apart', h.reference, jsonb_build_object('states', array_agg(distinct h.state))
  from ledger.hold h where h.legs > 1
  group by h.reference having count(distinct h.state) > 1 or count(*) <> max(h.legs)
$$;
