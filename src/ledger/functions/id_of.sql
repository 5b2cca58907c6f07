-- The id a reference stands for: UUIDv8 of sha256('niaga:' || reference), as idOf in src/kernel/ids.ts.
-- The cast to bytea takes the bytes of a UTF-8 database as they are, and unlike convert_to() it is immutable.
create or replace function ledger.id_of(p_reference text) returns uuid
language plpgsql immutable parallel safe as $$
declare
  v_hex constant text := encode(sha256(('niaga:' || replace(p_reference, '\', '\\'))::bytea), 'hex');
begin
  return substr(v_hex, 1, 12) || '8' || substr(v_hex, 14, 3)
    || translate(substr(v_hex, 17, 1), '0123456789abcdef', '89ab89ab89ab89ab') || substr(v_hex, 18, 15);
end
$$;

-- A journal's first leg has the id of its reference, the others of "reference#2", "reference#3" ...
-- No fixed search_path: it would keep the planner from inlining this, and every name in it is qualified.
create or replace function ledger.id_of(p_reference text, p_leg integer) returns uuid
language sql immutable parallel safe as $$
  select ledger.id_of(case p_leg when 1 then p_reference
    else p_reference operator(pg_catalog.||) '#' operator(pg_catalog.||) p_leg::pg_catalog.text end)
$$;
