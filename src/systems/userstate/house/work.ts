/** Everything UserState does without being asked: jobs, the inbox, the audit relay. */
import { systemCaller } from '../../../kernel/caller.ts'
import { sessionCron, sessionTask } from '../../../platform/access/session.jobs.ts'
import { startAuditRelay } from '../../../platform/audit/relay.ts'
import { sweepInbox } from '../../../platform/inbox/inbox.ts'
import { inboxTask } from '../../../platform/inbox/process.ts'
import type { CronEntry } from '../../../platform/jobs/cron.ts'
import { housekeepingCron, housekeepingTask } from '../../../platform/jobs/housekeeping.ts'
import type { Task } from '../../../platform/jobs/job.ts'
import { startLoop } from '../../../platform/jobs/loop.ts'
import { startJobs } from '../../../platform/jobs/worker.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { resetTasks } from '../accounts/reset.jobs.ts'
import { ANCHOR_SCHEMA } from '../databases.ts'
import { logCron, logTasks } from '../logs/write-log.ts'
import { mailTasks } from '../mail/mail.jobs.ts'
import { pictureCron, pictureTasks } from '../pictures/picture.jobs.ts'
import { retentionCron, retentionTasks } from '../privacy/retention.jobs.ts'
import type { Store } from '../store.ts'
import { messageCron, messageTasks } from './messages.ts'
import { moneyCron, moneyInbox, moneyInboxDays, moneyTasks } from './money.ts'
import { nightlyCron, nightlyTasks } from './nightly.jobs.ts'

/** Jobs at a time; each holds a connection only while it works on the database. */
const CONCURRENCY = 8
const INBOX_SWEEP_MS = 10_000

export interface Work {
  stop(): Promise<void>
}

/** All tasks of the queue. */
function walletTasks(store: Store): readonly Task[] {
  return [
    inboxTask({
      database: store.db,
      handlers: moneyInbox(store),
      onAttention: ({ id, source }, status, error) =>
        store.log.error({ inboxId: String(id), source, status, error }, 'an event waits for a person'),
    }),
    ...logTasks(store),
    ...moneyTasks(store),
    ...messageTasks(store),
    ...mailTasks(store),
    ...resetTasks(store),
    ...pictureTasks(store),
    ...retentionTasks(store),
    sessionTask(store.db),
    ...nightlyTasks(store),
    housekeepingTask(store.db, { inboxDays: moneyInboxDays }),
  ]
}

const walletCron: readonly CronEntry[] = [
  ...logCron,
  ...moneyCron,
  ...messageCron,
  ...nightlyCron,
  ...pictureCron,
  ...retentionCron,
  sessionCron,
  housekeepingCron,
]

export async function startWork(store: Store): Promise<Work> {
  const { db, audits, log } = store
  // The database may have been away when the system was opened.
  await store.settings.reload()
  // Stopped in the reverse order: no new work first; then what records what still ran. So is what a failed start began.
  await using begun = new AsyncDisposableStack()
  const relay = await startAuditRelay({
    source: db,
    target: audits,
    anchorSchema: ANCHOR_SCHEMA,
    log,
    anchorPath: store.anchorPath,
  })
  begun.defer(() => relay.stop())
  const jobs = await startJobs({
    database: db,
    tasks: [...walletTasks(store), ...store.houseWork.tasks],
    cron: [...walletCron, ...store.houseWork.cron],
    concurrency: CONCURRENCY,
    log,
  })
  begun.defer(() => jobs.stop())
  const sweep = startLoop('userstate.inbox', INBOX_SWEEP_MS, log, () =>
    inTransaction(db, systemCaller, (tx) => sweepInbox(tx)),
  )
  begun.defer(() => sweep.stop())
  const work = begun.move()
  return { stop: () => work.disposeAsync() }
}
