-- Trigger function of declare_lifecycle. The trigger's WHEN clause holds the declared transitions, so that this
-- runs only for a change that is not among them and a legal one costs no function call.
-- Arguments: the state column, the first primary key column.
create or replace function niaga.refuse_transition() returns trigger
language plpgsql set search_path = '' as $$
declare
  v_id text := to_jsonb(old) ->> tg_argv[1];
  v_from text := to_jsonb(old) ->> tg_argv[0];
  v_to text := to_jsonb(new) ->> tg_argv[0];
begin
  raise exception using
    errcode = '23514',
    constraint = 'illegal_transition',
    schema = tg_table_schema,
    table = tg_table_name,
    column = tg_argv[0],
    message = format('%s %s: %s cannot change from %s to %s', tg_table_name, v_id, tg_argv[0], v_from, v_to),
    detail = jsonb_build_object('table', tg_table_name, 'id', v_id, 'from', v_from, 'to', v_to);
end
$$;
