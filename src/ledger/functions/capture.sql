-- niaga:require functions/capture_legs.sql
-- Posts what is held under a reference: all of it, or p_amount of a single-leg hold; the rest is released.
-- Returns the transfer's id. The same capture again is a no-op, another one is refused.
create or replace function ledger.capture(p_reference text, p_amount bigint default null) returns uuid
language sql volatile security definer set search_path = '' as $$
  select ledger.capture_legs(p_reference, case when p_amount is not null then array[p_amount] end)
$$;
