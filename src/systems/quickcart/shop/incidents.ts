/**
 * What the staff hears of without asking (QuickCart, §7.1, §7.4, §8): once when it begins, once when it is over. The
 * state of things is looked at again and again instead of waiting for events, so that neither a restart nor a lost
 * event leaves an alarm standing or untold.
 */
import { systemCaller } from '../../../kernel/caller.ts'
import { isAuditDelayed } from '../../../platform/audit/relay.ts'
import { closeIncident, type Finding, openIncident } from '../../../platform/incidents/incident.ts'
import { type Loop, startLoop } from '../../../platform/jobs/loop.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { RunningBot } from '../bot/run-bot.ts'
import type { Store } from '../store.ts'
import type { IncidentName } from '../telegram/messages/incidents.ts'

const EVERY_MS = 5_000

export function watchIncidents(store: Store, bot: Pick<RunningBot, 'rival'>): Pick<Loop, 'stop'> {
  return startLoop('quickcart.incidents', EVERY_MS, store.log, async () => {
    const findings: Readonly<Record<IncidentName, Finding>> = {
      gateway: gateway(store),
      rival: bot.rival(),
      audit: (await isAuditDelayed(store.db)) ? { mark: 'late' } : 'well',
      inbox: await waitingForPeople(store),
      jobs: await deadJobs(store),
    }
    for (const [name, finding] of Object.entries(findings)) await report(store, name, finding)
  })
}

function gateway({ pakasir }: Store): Finding {
  if (pakasir.state === 'down') return { mark: 'down' }
  return pakasir.state === 'up' ? 'well' : 'unknown'
}

/** Events that were not matched, not confirmed, or given up after ten tries. */
async function waitingForPeople(store: Store): Promise<Finding> {
  const { count, newest } = await store.db.one<{ count: number; newest: bigint | null }>(sql`
    select count(*)::int as count, max(id) as newest from niaga.inbox
      where status in ('failed', 'unmatched', 'unconfirmed')`)
  return newest === null ? 'well' : { mark: String(newest), facts: { count, database: store.db.name } }
}

/** Work that failed at its last try, the night's comparison of the books included. */
async function deadJobs(store: Store): Promise<Finding> {
  const { count, newest, task } = await store.db.one<{
    count: number
    newest: bigint | null
    task: string | null
  }>(sql`
    select count(*)::int as count, max(j.id) as newest, (array_agg(t.identifier order by j.id desc))[1] as task
    from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
    where j.attempts >= j.max_attempts and j.locked_at is null`)
  return newest === null ? 'well' : { mark: String(newest), facts: { count, task, database: store.db.name } }
}

async function report(store: Store, incident: string, finding: Finding): Promise<void> {
  if (finding === 'unknown') return
  await inTransaction(store.db, systemCaller, async (tx) => {
    const isOver = finding === 'well'
    const telling = isOver
      ? await closeIncident(tx, incident)
      : await openIncident(tx, incident, finding.mark)
    if (telling === undefined) return
    const facts = { ...(isOver ? {} : finding.facts), incident }
    await tx.run(sql`
      select notify_staff(${isOver ? 'staff_incident_over' : 'staff_incident'}, 'incident', ${telling},
        ${sql.json(facts)})`)
    store.log.warn(facts, isOver ? 'an incident is over' : 'an incident has begun')
  })
}
