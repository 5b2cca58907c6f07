-- Tells the queue how far the sandbox clock now runs ahead: waiting jobs move by the difference to what it was
-- told last, so that "forty days later" the jobs of those days are due. Returns how many moved.
create or replace function niaga.set_clock_offset(p_offset interval) returns integer
language plpgsql set search_path = '' as $$
declare
  v_step interval;
  v_moved integer := 0;
begin
  select p_offset - c.clock_offset into strict v_step from niaga.clock c for update;
  if v_step <> interval '0' then
    update niaga.clock set clock_offset = p_offset;
    update graphile_worker._private_jobs set run_at = run_at - v_step where locked_at is null;
    get diagnostics v_moved = row_count;
  end if;
  return v_moved;
end
$$;
