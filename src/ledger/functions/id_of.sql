-- The id a reference stands for: UUIDv8 of sha256('niaga:' || reference), as idOf in src/kernel/ids.ts.
-- Neither has a fixed search_path: it would keep the planner from inlining it, and every name is qualified.
create or replace function ledger.id_of(p_reference text) returns uuid
language sql immutable parallel safe as $$
  select pg_catalog.overlay(pg_catalog.overlay(
    pg_catalog.substr(pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(
      'niaga:' operator(pg_catalog.||) p_reference, 'UTF8')), 'hex'), 1, 32),
    '8', 13, 1),
    pg_catalog.translate(pg_catalog.substr(pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(
      'niaga:' operator(pg_catalog.||) p_reference, 'UTF8')), 'hex'), 17, 1),
      '0123456789abcdef', '89ab89ab89ab89ab'),
    17, 1)::pg_catalog.uuid
$$;

-- A journal's first leg has the id of its reference, the others of "reference#2", "reference#3" ...
create or replace function ledger.id_of(p_reference text, p_leg integer) returns uuid
language sql immutable parallel safe as $$
  select ledger.id_of(case p_leg when 1 then p_reference
    else p_reference operator(pg_catalog.||) '#' operator(pg_catalog.||) p_leg::pg_catalog.text end)
$$;
