-- Puts a job into the queue in the caller's transaction: committed together or not at all. Returns its id.
-- p_run_at is business time (niaga.now()); the queue itself keeps real time, so the sandbox offset comes off.
-- p_key: a job that is still waiting under the same key is replaced instead of doubled.
-- p_queue: jobs of one queue run one after the other. Few names, please: every fetch looks at all of them.
create or replace function niaga.enqueue(
  p_task text, p_payload jsonb, p_run_at timestamptz default null, p_key text default null,
  p_queue text default null, p_max_attempts integer default null, p_priority integer default null) returns bigint
language plpgsql set search_path = '' as $$
declare
  v_job record; -- not the table's type: a database without jobs has this function too
begin
  v_job := graphile_worker.add_job(
    identifier => p_task,
    -- The job goes on in the name of the request that caused it.
    payload => (p_payload || jsonb_strip_nulls(jsonb_build_object('_correlation_id', niaga.correlation_id())))::json,
    queue_name => p_queue,
    run_at => p_run_at - (niaga.now() - now()),
    max_attempts => p_max_attempts,
    job_key => p_key,
    priority => p_priority);
  return v_job.id;
end
$$;
