-- Every account with what it has. All figures in minor units and in the account's own sense: a debit-normal
-- account with money in it reads positive.
create or replace view ledger.account_balance as
select a.id, a.name, a.unit, a.normal, a.personal, a.floor, a.striped,
  a.balance + case when a.striped then
    (select sum(s.balance)::bigint from ledger.stripe s where s.account = a.id) else 0 end as balance,
  a.held + case when a.striped then
    (select coalesce(sum(h.amount), 0)::bigint from ledger.hold h
     where h.state = 'open' and case a.normal when 1 then h.debit else h.credit end = a.id) else 0 end as held,
  -- Null: any depth.
  a.balance - a.held - a.floor as available
from ledger.account a;
