-- Changes an account whose balance is the sum of its stripes. A backend always writes the stripe of its process
-- id: connections of a pool have neighbouring ids, so they rarely meet.
create or replace function ledger.move_stripe(p_account bigint, p_delta bigint) returns void
language plpgsql as $$
begin
  update ledger.stripe s set balance = s.balance + p_delta
  where s.account = p_account and s.stripe = pg_backend_pid() % 32;
  if not found then
    raise exception 'account % changed meanwhile', p_account using errcode = 'serialization_failure';
  end if;
end
$$;
