-- Two entries per transfer. amount: what it did to the account's balance; balance: the balance after it, null
-- while the account is striped.
create or replace view ledger.entry as
select t.seq, t.posted_at, t.debit as account, t.credit as counterpart, -t.amount * a.normal as amount,
  t.debit_balance as balance, t.id as transfer, t.reference, t.leg, t.kind, t.metadata
from ledger.transfer t join ledger.account a on a.id = t.debit
union all
select t.seq, t.posted_at, t.credit, t.debit, t.amount * a.normal,
  t.credit_balance, t.id, t.reference, t.leg, t.kind, t.metadata
from ledger.transfer t join ledger.account a on a.id = t.credit;
