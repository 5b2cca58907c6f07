-- Puts a job into the queue in the caller's transaction: committed together or not at all. Returns its id.
-- p_run_at is business time (niaga.now()); the queue itself keeps real time, so the sandbox offset comes off.
-- p_key: a job that is still waiting under the same key is replaced instead of doubled.
-- p_queue: jobs of one queue run one after the other. Few names, please: every fetch looks at all of them.
--
-- Means what graphile_worker.add_job means and writes what it writes (0.17; the tests of jobs hold the two
-- together), for two reasons: add_job upserts its task on every call, and notifies in every transaction, where a
-- commit that notifies holds a lock over the whole server while it flushes. From 16 connections add_job reached a
-- tenth of the rate of a plain insert, this six tenths.
create or replace function niaga.enqueue(
  p_task text, p_payload jsonb, p_run_at timestamptz default null, p_key text default null,
  p_queue text default null, p_max_attempts integer default null, p_priority integer default null) returns bigint
language plpgsql set search_path = '' as $$
declare
  v_id bigint;
begin
  -- A job that runs already saw the world before this call: it ends as it is, and gives the key up. Marked, so that
  -- it does not stay as a dead job where its worker is killed (jobs/presence.ts).
  if p_key is not null then
    update graphile_worker._private_jobs j set key = null, attempts = j.max_attempts, updated_at = now(),
        flags = '{"superseded": true}'
      where j.key = p_key and j.is_available is not true;
  end if;
  insert into graphile_worker._private_jobs as j
      (job_queue_id, task_id, payload, run_at, max_attempts, key, priority)
    values (
      niaga.job_queue_id(p_queue), niaga.job_task_id(p_task),
      -- The job goes on in the name of the request that caused it.
      (p_payload || jsonb_strip_nulls(jsonb_build_object('_correlation_id', niaga.correlation_id())))::json,
      coalesce(p_run_at - (niaga.now() - now()), now()), coalesce(p_max_attempts, 25), p_key, coalesce(p_priority, 0))
    on conflict (key) do update set
      job_queue_id = excluded.job_queue_id, task_id = excluded.task_id, payload = excluded.payload,
      run_at = excluded.run_at, max_attempts = excluded.max_attempts, priority = excluded.priority,
      revision = j.revision + 1, attempts = 0, last_error = null, updated_at = now()
      where j.locked_at is null
    returning j.id into v_id;
  if v_id is null then
    -- A worker took the old job between the two statements; now it is locked, and the first one sees it.
    return niaga.enqueue(p_task, p_payload, p_run_at, p_key, p_queue, p_max_attempts, p_priority);
  end if;
  -- One notifier at a time is enough: whom it misses, the workers' poll finds.
  if pg_try_advisory_xact_lock(hashtextextended('jobs:insert notify', 0)) then
    perform pg_notify('jobs:insert', json_build_object('r', random(), 'count', 1)::text);
  end if;
  return v_id;
end
$$;

create or replace function niaga.job_task_id(p_task text) returns integer
language plpgsql set search_path = '' as $$
declare
  v_id integer;
begin
  select t.id into v_id from graphile_worker._private_tasks t where t.identifier = p_task;
  if v_id is null then
    insert into graphile_worker._private_tasks as t (identifier) values (p_task)
      on conflict (identifier) do update set identifier = excluded.identifier returning t.id into v_id;
  end if;
  return v_id;
end
$$;

create or replace function niaga.job_queue_id(p_queue text) returns integer
language plpgsql set search_path = '' as $$
declare
  v_id integer;
begin
  if p_queue is null then
    return null;
  end if;
  select q.id into v_id from graphile_worker._private_job_queues q where q.queue_name = p_queue;
  if v_id is null then
    insert into graphile_worker._private_job_queues as q (queue_name) values (p_queue)
      on conflict (queue_name) do update set queue_name = excluded.queue_name returning q.id into v_id;
  end if;
  return v_id;
end
$$;
