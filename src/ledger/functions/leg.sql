-- One leg of a journal: ledger.leg('gateway.pakasir', 'sales', 3000000). Its kind is the journal's unless named.
create or replace function ledger.leg(p_debit text, p_credit text, p_amount bigint, p_kind text default null)
returns ledger.leg
language sql immutable parallel safe as $$
  select row(p_debit, p_credit, p_amount, p_kind)::ledger.leg
$$;
