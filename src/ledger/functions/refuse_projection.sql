create or replace function ledger.refuse_projection(p ledger.projection, p_account text) returns void
language plpgsql set search_path = '' as $$
begin
  perform ledger.refuse('ledger_projection_readonly',
    format('%I.%I shows account %s and changes with it only', p.table_name, p.value_column, p_account),
    jsonb_build_object('table', p.table_name, 'column', p.value_column, 'account', p_account));
end
$$;
