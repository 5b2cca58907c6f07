-- SQL for what a projection's column shows of the account row called p_alias: (a.balance) * 0.01; in a column of text
-- without zeros at its end: 50, 12.5
create or replace function ledger.shown_by(p ledger.projection, p_alias text) returns text
language sql stable set search_path = '' as $$
  select format(case t.typcategory when 'S' then 'pg_catalog.trim_scale((%s)::numeric)::text' else '%s' end, format(
    case p.measure when 'balance' then '%1$I.balance' when 'held' then '%1$I.held'
      else '(%1$I.balance - %1$I.held)' end
    || case when u.scale = 0 then '' else ' * 1e-' || u.scale || '::numeric' end, p_alias))
  from ledger.unit u, pg_catalog.pg_attribute c join pg_catalog.pg_type t on t.oid = c.atttypid
  where u.code = p.unit and c.attrelid = format('%I.%I', p.table_schema, p.table_name)::regclass
    and c.attname = p.value_column
$$;
