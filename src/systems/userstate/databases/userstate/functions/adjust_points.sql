-- Finance corrects somebody's points (UserState, 4: M17). The reason stands where other mutations name what they are for.
-- Answers the mutation's id. Refuses with not_found, insufficient_points.
-- niaga:require functions/refuse.sql
create or replace function public.adjust_points(p_username text, p_direction text, p_amount numeric, p_reason text)
returns integer
language plpgsql set search_path = '' as $$
declare
  v_id integer;
begin
  -- Also of somebody who is disabled.
  perform from public.user_login l where l.username = p_username for no key update;
  if not found then
    perform public.refuse('not_found');
  end if;
  insert into public.point_mutation (username, type, amount, reference_number, src, status, created_at, updated_at)
  values (p_username, case p_direction when 'credit' then 'EARN' else 'REDEEM' end::public.enum_point_mutation_type,
    p_amount, p_reason, 'MANUAL', 'COMPLETE', niaga.now(), niaga.now())
  returning id into v_id;
  -- Points have no document of their own, and their rows are not on record by themselves.
  perform audit.emit('adjust', 'point_mutation', v_id::text, null, jsonb_build_object('username', p_username,
    'direction', p_direction, 'amount', p_amount::text, 'reason', p_reason));
  return v_id;
exception when sqlstate 'NGL02' then
  perform public.refuse('insufficient_points');
end
$$;
