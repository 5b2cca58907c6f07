-- Posts many transfers in one call and says of each what became of it: posted, replayed, or refused with the code
-- and details of its error. A refused one does not stop the others, except those with the same p_links number,
-- which stand next to each other and are posted all or not at all.
--   p_kinds, p_metadata, p_links   one per transfer; metadata and links may be null altogether
-- Where all can be posted, which is the rule, it is done in sets; otherwise one after the other.
create or replace function ledger.post_batch(
  p_references text[], p_debits text[], p_credits text[], p_amounts bigint[], p_kinds text[],
  p_metadata jsonb[] default null, p_links integer[] default null)
returns table (item integer, id uuid, outcome text, error text, details jsonb)
language plpgsql security definer set search_path = ''
-- A plan for a small table, kept while the table grows, would read all of it.
set enable_seqscan = off set plan_cache_mode = force_generic_plan set max_parallel_workers_per_gather = 0 as $$
declare
  v_legs ledger.leg[];
  v_ids uuid[];
begin
  if cardinality(p_references) > 5000 or exists (
    select from unnest(array[cardinality(p_debits), cardinality(p_credits), cardinality(p_amounts),
      cardinality(p_kinds), coalesce(cardinality(p_metadata), cardinality(p_references)),
      coalesce(cardinality(p_links), cardinality(p_references))]) n
    where n is distinct from cardinality(p_references))
  then
    perform ledger.refuse('ledger_journal_invalid', 'a batch is up to 5000 transfers in arrays of one length');
  end if;
  v_ids := ledger.post_set(p_references, p_debits, p_credits, p_amounts, p_kinds, p_metadata);
  if v_ids is not null then
    return query select n::integer, u.id, 'posted', null::text, null::jsonb
      from unnest(v_ids) with ordinality u (id, n);
  else
    select array_agg(row(l.debit, l.credit, l.amount, l.kind)::ledger.leg order by l.n) into v_legs
    from unnest(p_debits, p_credits, p_amounts, p_kinds) with ordinality l (debit, credit, amount, kind, n);
    perform ledger.lock_accounts(v_legs);
    perform ledger.lock_stripes(v_legs);
    return query select r.* from ledger.post_each(p_references, v_legs, p_metadata, p_links) r;
  end if;
end
$$;
