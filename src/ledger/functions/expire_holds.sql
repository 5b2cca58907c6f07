-- Releases holds whose time has passed, at most p_limit references, oldest first, and returns how many. For a
-- job: several may run at once, each takes what the others leave.
create or replace function ledger.expire_holds(p_limit integer default 500) returns integer
language plpgsql security definer set search_path = ''
-- A plan for a small table, kept while the table grows, would read all of it.
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_references text[];
begin
  select array_agg(due.reference) into v_references from (
    select h.reference from ledger.hold h
    where h.state = 'open' and h.leg = 1 and h.expires_at <= ledger.clock()
    order by h.expires_at limit p_limit
    for update skip locked) due;
  if v_references is null then
    return 0;
  end if;
  perform ledger.lock_held_accounts(v_references);
  perform ledger.close_hold(r, 'expired') from unnest(v_references) r;
  return cardinality(v_references);
end
$$;
