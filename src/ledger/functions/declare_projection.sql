-- Makes a documented balance column show an account of the ledger, written in the same transaction and by
-- nothing else. For numbered migrations; ledger.undeclare_projection undoes it.
--
--   select ledger.declare_projection('public.users', 'account_balance', 'id', 'user.{id}', 'IDR', 'opening');
--
--   p_account   name of a row's account; the row's key stands in the place of the braces
--   p_opening   the account that pays the balance a row is inserted with; null: rows are inserted with zero
--   p_measure   balance, held, or available (balance - held)
--   p_column    numeric; integer or bigint for a unit without decimals; text, where null reads as zero
--   p_floor     floor of the accounts it opens (ledger.set_floor changes single ones)
--
-- The function that writes the column and the guard that refuses other writers are generated as static SQL,
-- which is planned once per connection; a dynamic statement would be planned at every posting.
create or replace function ledger.declare_projection(
  p_table regclass, p_column name, p_key name, p_account text, p_unit text, p_opening text default null,
  p_measure text default 'balance', p_floor bigint default 0, p_opening_reference text default 'opening:{key}')
returns integer
language plpgsql set search_path = '' as $$
declare
  v_schema name;
  v_table name;
  v_type text;
  v_is_text boolean;
  v_no_number boolean := false;
  v_scale integer;
  v_id integer;
begin
  select n.nspname, c.relname into v_schema, v_table
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = p_table;
  select u.scale into v_scale from ledger.unit u where u.code = p_unit;
  select format_type(a.atttypid, null) into v_type from pg_attribute a
  where a.attrelid = p_table and a.attname = p_column and not a.attisdropped;
  v_is_text := v_type in ('text', 'character varying');
  if v_is_text then
    execute format('select exists (select from %s where %I !~ ''^[0-9]+([.][0-9]+)?$'')', p_table, p_column) into v_no_number;
  end if;
  if v_scale is null or v_no_number or p_measure not in ('balance', 'held', 'available')
    or not coalesce(v_is_text or v_type = 'numeric' or (v_scale = 0 and v_type in ('integer', 'bigint')), false)
    or (p_opening is not null and not exists (select from ledger.account a where a.name = p_opening))
  then
    perform ledger.refuse('ledger_projection_invalid',
      format('%I.%I (%s) cannot show %s of %s in %s paid by %s', v_table, p_column, v_type, p_measure, p_account,
        p_unit, p_opening), jsonb_build_object('table', v_table, 'column', p_column));
  end if;
  -- Not the next of a sequence: the generated names carry the number, and must come out the same when a migration is
  -- undone and applied again, and in the database that a backup is restored into.
  insert into ledger.projection (id, pattern, table_schema, table_name, key_column, value_column, measure, unit,
    floor, opening, opening_reference)
  overriding system value
  values ((select coalesce(max(p.id), 0) + 1 from ledger.projection p), p_account, v_schema, v_table, p_key, p_column, p_measure, p_unit,
    p_floor, p_opening, p_opening_reference)
  returning id into v_id;
  perform ledger.install_projection(v_id);
  -- Rows that are already there.
  execute format('select ledger.open_projected(%s, to_jsonb(t)) from %s t', v_id, p_table);
  return v_id;
end
$$;
