-- Raises illegal_transition for the life cycles that span several columns (goods, vouchers); those of one
-- status column are declared with niaga.declare_lifecycle and raise the same.
create or replace function public.refuse_transition(p_table text, p_id text, p_from text, p_to text) returns void
language plpgsql set search_path = '' as $$
begin
  raise exception using
    errcode = '23514',
    constraint = 'illegal_transition',
    message = format('%s %s cannot change from %s to %s', p_table, p_id, p_from, p_to),
    detail = jsonb_build_object('table', p_table, 'id', p_id, 'from', p_from, 'to', p_to);
end
$$;
