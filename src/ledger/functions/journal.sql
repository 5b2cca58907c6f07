-- niaga:require functions/id_of.sql
-- The transfers of a reference in the order of their legs; empty where nothing is posted under it.
create or replace function ledger.journal(p_reference text)
returns table (id uuid, leg smallint, posted_at timestamptz, kind text, debit text, credit text, unit text,
  amount bigint, metadata jsonb)
language sql stable security definer set search_path = '' as $$
  select t.id, t.leg, t.posted_at, t.kind, d.name, c.name, d.unit, t.amount, t.metadata
  from ledger.transfer f
  cross join lateral generate_series(1, f.legs) n
  join ledger.transfer t on t.id = ledger.id_of(p_reference, n)
  join ledger.account d on d.id = t.debit
  join ledger.account c on c.id = t.credit
  where f.id = ledger.id_of(p_reference)
  order by t.leg
$$;
