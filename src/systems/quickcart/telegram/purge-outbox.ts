/** Finished messages are kept for 90 days (QuickCart, §12); what is still to be sent stays however old it is. */
import type { CronEntry } from '../../../platform/jobs/cron.ts'
import { defineJob, handle, noPayload, type Task } from '../../../platform/jobs/job.ts'
import { purge } from '../../../platform/jobs/purge.ts'
import { sql } from '../../../postgres/sql.ts'
import type { Store } from '../store.ts'

const purgeOutbox = defineJob('quickcart.purge_outbox', noPayload)

export function outboxTasks(store: Store): readonly Task[] {
  return [
    handle(purgeOutbox, async (_, run) => {
      const removed = await purge(
        store.db,
        run,
        (limit) => sql`
          delete from telegram_outbox where id in (
            select id from telegram_outbox
            where status in ('sent', 'failed') and created_at < niaga.now() - interval '90 days'
            order by created_at limit ${limit} for update skip locked)`,
      )
      run.log.info({ removed }, 'old messages were removed')
    }),
  ]
}

export const outboxCron: readonly CronEntry[] = [{ job: purgeOutbox, schedule: '10 4 * * *' }]
