-- Posts the transfers of a batch one after the other, linked ones together, each in a subtransaction of its own.
create or replace function ledger.post_each(
  p_references text[], p_legs ledger.leg[], p_metadata jsonb[], p_links integer[])
returns table (item integer, id uuid, outcome text, error text, details jsonb)
language plpgsql as $$
declare
  v_first integer := 1;
  v_last integer;
  v_at integer;
  v_outcomes text[];
  v_error text;
  v_details jsonb;
  v_detail text;
begin
  while v_first <= cardinality(p_references) loop
    v_last := v_first;
    while p_links[v_last + 1] = p_links[v_first] loop
      v_last := v_last + 1;
    end loop;
    v_outcomes := '{}';
    v_error := null;
    v_details := null;
    begin
      for i in v_first .. v_last loop
        v_at := i;
        v_outcomes := v_outcomes || ledger.post_one(p_references[i], p_legs[i], p_metadata[i]);
      end loop;
    exception when others then
      if sqlstate not like 'NGL%' then raise; end if;
      get stacked diagnostics v_error = constraint_name, v_detail = pg_exception_detail;
      v_details := v_detail::jsonb;
    end;
    return query
      select i, ledger.id_of(p_references[i]),
        case when v_error is null then v_outcomes[i - v_first + 1] else 'refused' end,
        case when i = v_at then v_error when v_error is not null then 'ledger_linked_refused' end,
        case when i = v_at then v_details end
      from generate_series(v_first, v_last) i;
    v_first := v_last + 1;
  end loop;
end
$$;
