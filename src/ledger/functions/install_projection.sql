-- Makes the functions and triggers of a declared projection.
create or replace function ledger.install_projection(p_projection integer) returns void
language plpgsql set search_path = '' as $$
declare
  p ledger.projection;
  v_table text;
  v_key_type text;
  v_shown text;
begin
  select * into p from ledger.projection where id = p_projection;
  v_table := format('%I.%I', p.table_schema, p.table_name);
  select format_type(a.atttypid, a.atttypmod) into v_key_type from pg_attribute a
  where a.attrelid = v_table::regclass and a.attname = p.key_column;
  v_shown := ledger.shown_by(p, 'a');

  -- Writes the column when the account changes. Rows that already say so stay untouched.
  execute format($sql$
    create function ledger.project_%1$s() returns trigger
    language plpgsql security definer set search_path = '' as $body$
    declare a constant ledger.account := new;
    begin
      update %2$s t set %3$I = %4$s
      where t.%5$I = a.projection_key::%6$s and t.%3$I is distinct from %4$s;
      return null;
    end $body$ $sql$, p.id, v_table, p.value_column, v_shown, p.key_column, v_key_type);
  execute format($sql$
    create trigger project_%1$s after update of balance, held on ledger.account
    for each row when (new.projected_by = %2$L) execute function ledger.project_%1$s() $sql$, p.id, p.pattern);

  -- Refuses every value that is not what the ledger says; so the writer above needs no secret sign.
  execute format($sql$
    create function ledger.guard_%1$s() returns trigger
    language plpgsql security definer set search_path = '' as $body$
    declare v_name constant text := %2$L || old.%3$I || %4$L;
    begin
      if not exists (select from ledger.account a where a.name = v_name and %5$s = new.%6$I) then
        perform ledger.refuse_projection(p, v_name) from ledger.projection p where p.id = %1$s;
      end if;
      return new;
    end $body$ $sql$, p.id, substring(p.pattern from '^[^{]*'), p.key_column, substring(p.pattern from '[^}]*$'),
    v_shown, p.value_column);
  execute format($sql$
    create trigger ledger_%1$s_guard before update of %2$I on %3$s
    for each row when (old.%2$I is distinct from new.%2$I) execute function ledger.guard_%1$s() $sql$,
    p.id, p.value_column, v_table);
  execute format($sql$
    create trigger ledger_%1$s_opened after insert on %2$s
    for each row execute function ledger.projection_opened(%1$L);
    create trigger ledger_%1$s_renamed after update of %3$I on %2$s
    for each row when (old.%3$I is distinct from new.%3$I) execute function ledger.projection_moved(%1$L);
    create trigger ledger_%1$s_deleted after delete on %2$s
    for each row execute function ledger.projection_moved(%1$L) $sql$, p.id, v_table, p.key_column);
end
$$;
