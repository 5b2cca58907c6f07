-- Trigger function: points that a row of user_balance is inserted with are one mutation (UserState, 4: M1), so that the
-- documented sum over the mutations says the same. Fires before the ledger shows points:{user} in the row.
-- niaga:require functions/point_mutation.sql
create or replace function public.open_points() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform ledger.open_account('points:' || new.username, 'PTS', 0, p_personal => true, p_striped => false);
  insert into public.point_mutation (username, type, amount, reference_number, src, status)
  values (new.username, 'EARN', new.onapps_point::numeric, 'OPENING', 'MANUAL', 'COMPLETE');
  return null;
end
$$;
