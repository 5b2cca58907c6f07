-- Declares the only changes that a state column may make, and makes the database refuse every other one
-- (SQLSTATE 23514, constraint illegal_transition). Inserts may start in any state: history is imported so.
--   select niaga.declare_lifecycle('public.orders', 'status', '{pending}',
--     '{"pending": ["paid", "expired", "cancelled"]}');
-- States that name no followers are final. Declaring a column again replaces its declaration.
create or replace function niaga.declare_lifecycle(
  p_table regclass, p_column name, p_initial text[], p_transitions jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  v_schema name;
  v_table name;
  v_key name;
  v_allowed text;
begin
  select n.nspname, c.relname into strict v_schema, v_table
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = p_table;
  select a.attname into v_key
    from pg_catalog.pg_index i
    join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
    where i.indrelid = p_table and i.indisprimary;
  select string_agg(format('(%L, %L)', step.key, follower.value), ', ') into v_allowed
    from jsonb_each(p_transitions) step, jsonb_array_elements_text(step.value) follower;

  insert into niaga.lifecycle (table_schema, table_name, column_name, initial, transitions)
    values (v_schema, v_table, p_column, p_initial, p_transitions)
    on conflict (table_schema, table_name, column_name)
    do update set initial = excluded.initial, transitions = excluded.transitions;
  -- Named to fire last among BEFORE triggers, so that it judges what the others made of the row.
  execute format(
    'create or replace trigger %1$I before update on %2$s for each row
       when (old.%3$I is distinct from new.%3$I%4$s)
       execute function niaga.refuse_transition(%5$L, %6$L)',
    'zz_lifecycle_' || p_column, p_table, p_column,
    ' and (coalesce(old.' || quote_ident(p_column) || '::text, ''''), coalesce(new.'
      || quote_ident(p_column) || '::text, '''')) not in (' || v_allowed || ')',
    p_column, v_key);
end
$$;

-- Takes a declaration back, for a migration's down part.
create or replace function niaga.undeclare_lifecycle(p_table regclass, p_column name) returns void
language plpgsql set search_path = '' as $$
begin
  delete from niaga.lifecycle l
    using pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.oid = p_table and (l.table_schema, l.table_name, l.column_name) = (n.nspname, c.relname, p_column);
  execute format('drop trigger if exists %I on %s', 'zz_lifecycle_' || p_column, p_table);
end
$$;
