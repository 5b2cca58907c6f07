-- Rows that do not show what their account says, rows without an account, accounts with money and no row.
create or replace function ledger.verify_projection(p ledger.projection)
returns table (violation text, subject text, details jsonb)
language plpgsql stable set search_path = '' as $$
begin
  return query execute format($sql$
    select 'projection differs', coalesce(a.name, %1$L || ' ' || t.%2$I),
      jsonb_build_object('column', %1$L, 'shown', t.%3$I::text, 'ledger', (%4$s)::text)
    from %5$s t
    full join (select * from ledger.account a where a.projected_by = %6$L) a on a.projection_key = t.%2$I::text
    where (%4$s)::numeric is distinct from case when t.%2$I is not null then coalesce(t.%3$I::numeric, 0) end
      and (t.%2$I is not null or (%4$s)::numeric <> 0) $sql$,
    format('%I.%I', p.table_name, p.value_column), p.key_column, p.value_column, ledger.shown_by(p, 'a'),
    format('%I.%I', p.table_schema, p.table_name), p.pattern);
end
$$;
