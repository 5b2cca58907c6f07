-- What the running application may do with the queue: enqueue, work, finish. Applied after graphile-worker's own
-- migrations, each time. Its tables have row security on; without
-- a policy nobody but their owner sees a row.
grant usage on schema graphile_worker to niaga_app;
-- Its own schedules are not used (cron.ts); it looks for them all the same.
grant select on graphile_worker.migrations, graphile_worker._private_known_crontabs to niaga_app;
grant select, insert, update, delete on graphile_worker._private_jobs to niaga_app;
grant select, insert, update on graphile_worker._private_job_queues, graphile_worker._private_tasks to niaga_app;

do $$
declare
  v_table name;
begin
  foreach v_table in array array['_private_jobs', '_private_job_queues', '_private_tasks'] loop
    if not exists (select from pg_policies
        where schemaname = 'graphile_worker' and tablename = v_table and policyname = 'application') then
      execute format('create policy application on graphile_worker.%I to niaga_app using (true)', v_table);
    end if;
  end loop;
end
$$;
