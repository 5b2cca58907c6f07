-- Trigger functions: a row of point_mutation is one posting (UserState, 4: M13, M14), under the reference point:{id}.
--   EARN      COMPLETE issued:points -> points:{user}; PENDING moves nothing yet
--   REDEEM    PENDING holds points:{user} -> issued:points; COMPLETE captures it, or moves it at once; deleted frees it
-- niaga:require functions/refuse.sql
-- niaga:require functions/ensure_wallet.sql

-- BEFORE: what the ledger will say stands in the row; what is agreed stays.
create or replace function public.prepare_point_mutation() returns trigger
language plpgsql set search_path = '' as $$
begin
  if tg_op = 'DELETE' then
    if old.status = 'COMPLETE' then
      perform public.refuse('mutation_not_pending', jsonb_build_object('id', old.id));
    end if;
    return old;
  end if;
  if tg_op = 'UPDATE' and (old.id, old.username, old.type, old.amount, old.src, old.reference_number)
    is distinct from (new.id, new.username, new.type, new.amount, new.src, new.reference_number)
  then
    perform public.refuse('immutable_column', jsonb_build_object('table', 'point_mutation', 'id', old.id));
  end if;
  new.hold_id := case when tg_op = 'UPDATE' then old.hold_id
    when new.type = 'REDEEM' and new.status = 'PENDING' then ledger.id_of('point:' || new.id) end;
  new.transfer_id := case when new.status = 'COMPLETE' then ledger.id_of('point:' || new.id) end;
  return new;
end
$$;

-- AFTER: the posting itself, so that a row that was left out (ON CONFLICT) posts nothing.
create or replace function public.post_point_mutation() returns trigger
language plpgsql set search_path = '' as $$
declare
  v_reference constant text := 'point:' || coalesce(new.id, old.id);
  v_points constant text := 'points:' || coalesce(new.username, old.username);
  v_amount constant bigint := ledger.minor(coalesce(new.amount, old.amount), 'PTS');
begin
  if tg_op = 'DELETE' then
    if old.type = 'REDEEM' then
      perform ledger.release(v_reference);
    end if;
    return null;
  end if;
  if new.status = 'COMPLETE' and tg_op = 'UPDATE' and old.hold_id is not null then
    perform ledger.capture(v_reference);
  elsif new.status = 'COMPLETE' then
    perform public.ensure_wallet(new.username);
    perform ledger.post(v_reference,
      case new.type when 'EARN' then 'issued:points' else v_points end,
      case new.type when 'EARN' then v_points else 'issued:points' end, v_amount, 'points');
  elsif new.type = 'REDEEM' then
    perform public.ensure_wallet(new.username);
    perform ledger.hold(v_reference, v_points, 'issued:points', v_amount, 'points');
  end if;
  return null;
end
$$;
