/** What is kept for its days and no longer (UserState, §13). */

import type { CronEntry } from '../../../platform/jobs/cron.ts'
import { defineJob, handle, type JobRun, noPayload, type Task } from '../../../platform/jobs/job.ts'
import { purge } from '../../../platform/jobs/purge.ts'
import { type Sql, sql } from '../../../postgres/sql.ts'
import type { Store } from '../store.ts'

const retention = defineJob('userstate.retention', noPayload)

interface Retained {
  readonly table: string
  readonly key: string
  readonly days: number
}

export const RETAINED: readonly Retained[] = [
  { table: 'otp_tracker', key: 'id', days: 30 },
  { table: 'push_message', key: 'id', days: 90 },
  { table: 'marketing_offer', key: 'msg_id', days: 365 },
]

export function retentionTasks(store: Store): readonly Task[] {
  return [
    handle(retention, async (_, run) => {
      run.log.info(await retain(store, run), 'what had been kept long enough was removed')
    }),
  ]
}

export const retentionCron: readonly CronEntry[] = [{ job: retention, schedule: '30 2 * * *' }]

/** Answers how many rows of which table went. */
export async function retain(
  { db }: Store,
  run: Pick<JobRun, 'caller' | 'signal'>,
): Promise<Readonly<Record<string, number>>> {
  const removed: Record<string, number> = {}
  for (const kept of RETAINED) removed[kept.table] = await purge(db, run, (limit) => overdue(kept, limit))
  return removed
}

/** Oldest first, by the index on `created_at`. */
export function overdue({ table, key, days }: Retained, limit: number): Sql {
  const [name, id] = [sql.id(table), sql.id(key)]
  return sql`
    delete from ${name} where ${id} in (
      select ${id} from ${name} where created_at < niaga.now() - make_interval(days => ${days})
      order by created_at limit ${limit} for update skip locked)`
}
