/** What is in the queue, for people. Payloads are not shown: they may name persons. */
import type { Db } from '../../postgres/database.ts'
import { sql } from '../../postgres/sql.ts'

export interface ListedJob {
  readonly id: bigint
  readonly task: string
  readonly state: 'waiting' | 'running' | 'retrying' | 'dead'
  readonly queue: string | null
  readonly key: string | null
  /** Real time, also under a sandbox clock. */
  readonly run_at: Date
  readonly attempts: number
  readonly max_attempts: number
  readonly last_error: string | null
}

/** Dead ones first, then by the time they are due; at most `limit`. */
export async function listJobs(db: Db, limit: number): Promise<ListedJob[]> {
  return await db.many<ListedJob>(sql`
    select j.id, t.identifier as task, q.queue_name as queue, j.key, j.run_at, j.attempts, j.max_attempts,
      j.last_error,
      case when j.locked_at is not null then 'running'
           when j.attempts >= j.max_attempts then 'dead'
           when j.attempts > 0 then 'retrying'
           else 'waiting' end as state
    from graphile_worker._private_jobs j
    join graphile_worker._private_tasks t on t.id = j.task_id
    left join graphile_worker._private_job_queues q on q.id = j.job_queue_id
    order by (j.attempts >= j.max_attempts and j.locked_at is null) desc, j.run_at, j.id
    limit ${limit}`)
}

/** Makes a dead or waiting job due now, with all its tries ahead of it. False where it is not there or runs. */
export async function retryJob(db: Db, id: bigint): Promise<boolean> {
  const rows = await db.many(sql`
    select id from graphile_worker.reschedule_jobs(array[${id}::bigint], run_at => now(), attempts => 0)`)
  return rows.length === 1
}
