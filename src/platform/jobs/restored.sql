-- Whoever was at work when the backup was taken is not here: the jobs are anybody's.
update graphile_worker._private_jobs set locked_at = null, locked_by = null where locked_at is not null;
update graphile_worker._private_job_queues set locked_at = null, locked_by = null where locked_at is not null;
