-- Takes a projection away; its column keeps what it shows, its accounts stay. For down migrations.
create or replace function ledger.undeclare_projection(p_table regclass, p_column name) returns void
language plpgsql set search_path = '' as $$
declare
  p ledger.projection;
begin
  delete from ledger.projection where format('%I.%I', table_schema, table_name)::regclass = p_table
    and value_column = p_column returning * into p;
  if not found then
    perform ledger.refuse('ledger_projection_invalid', format('%s.%s shows no account', p_table, p_column),
      jsonb_build_object('table', p_table::text, 'column', p_column));
  end if;
  execute format('drop trigger ledger_%1$s_guard on %2$s; drop trigger ledger_%1$s_opened on %2$s;
    drop trigger ledger_%1$s_renamed on %2$s; drop trigger ledger_%1$s_deleted on %2$s;
    drop trigger project_%1$s on ledger.account;
    drop function ledger.project_%1$s(); drop function ledger.guard_%1$s()', p.id, p_table);
end
$$;
