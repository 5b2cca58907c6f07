/** Everything the shop does without being asked: jobs, the audit relay, the bot, outgoing messages. */
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
import { createBot } from '../bot/bot.ts'
import { TELEGRAM, telegramHandler } from '../bot/receive-update.ts'
import { startBot } from '../bot/run-bot.ts'
import { broadcastCron, broadcastTasks } from '../broadcasts/broadcast.jobs.ts'
import { watchStock } from '../catalog/stock-count.ts'
import { rebuildExpiryQueue } from '../payments/expiry-queue.ts'
import { paymentCron, paymentTasks, sweepPayments } from '../payments/payment.jobs.ts'
import { PAKASIR, processPakasirEvent } from '../payments/payment.webhook.ts'
import { privacyCron, privacyTasks } from '../privacy/privacy.jobs.ts'
import { retentionCron, retentionTasks } from '../privacy/retention.jobs.ts'
import type { Store } from '../store.ts'
import { startOutboxSender } from '../telegram/outbox-sender.ts'
import { outboxCron, outboxTasks } from '../telegram/purge-outbox.ts'
import { watchIncidents } from './incidents.ts'
import { nightlyCron, nightlyTasks } from './nightly.jobs.ts'

/** Jobs at a time; each holds a connection only while it works on the database. */
const CONCURRENCY = 8
const INBOX_SWEEP_MS = 10_000
/** QuickCart, §12. */
const INBOX_DAYS = { [TELEGRAM]: 7, [PAKASIR]: 90 }

export interface Work {
  stop(): Promise<void>
}

/** All tasks of db_store1's queue. */
function shopTasks(store: Store): readonly Task[] {
  const bot = createBot(store)
  return [
    inboxTask({
      database: store.db,
      handlers: {
        [TELEGRAM]: telegramHandler(bot),
        [PAKASIR]: (event, run) => processPakasirEvent(store, event, run),
      },
      onAttention: ({ id, source }, status, error) =>
        store.log.error({ inboxId: String(id), source, status, error }, 'an event waits for a person'),
    }),
    ...paymentTasks(store),
    ...broadcastTasks(store),
    ...nightlyTasks(store),
    ...privacyTasks(store),
    ...retentionTasks(store),
    ...outboxTasks(store),
    housekeepingTask(store.db, { inboxDays: INBOX_DAYS }),
    sessionTask(store.db),
  ]
}

const shopCron: readonly CronEntry[] = [
  ...paymentCron,
  ...broadcastCron,
  ...nightlyCron,
  ...privacyCron,
  ...retentionCron,
  ...outboxCron,
  housekeepingCron,
  sessionCron,
]

export async function startWork(store: Store): Promise<Work> {
  const { db, audits, log } = store
  // The database may have been away when the shop was opened.
  await store.settings.reload()
  // What was lost with a crash or a restored backup is back before the first minute is over.
  await sweepPayments(store)
  await rebuildExpiryQueue(store)
  // Stopped in the reverse order: no new work first; then what sends the results of what still ran. So is what a failed
  // start began.
  await using begun = new AsyncDisposableStack()
  const relay = await startAuditRelay({
    source: db,
    target: audits,
    log,
    anchorPath: store.anchorPath,
  })
  begun.defer(() => relay.stop())
  const sender = startOutboxSender(store)
  begun.defer(() => sender.stop())
  const jobs = await startJobs({
    database: db,
    tasks: [...shopTasks(store), ...store.houseWork.tasks],
    cron: [...shopCron, ...store.houseWork.cron],
    concurrency: CONCURRENCY,
    log,
  })
  begun.defer(() => jobs.stop())
  begun.defer(await watchStock(store))
  const sweep = startLoop('quickcart.inbox', INBOX_SWEEP_MS, log, () =>
    inTransaction(db, systemCaller, (tx) => sweepInbox(tx)),
  )
  const bot = startBot(store)
  const incidents = watchIncidents(store, bot)
  begun.defer(async () => {
    await Promise.all([bot.stop(), sweep.stop(), incidents.stop()])
  })
  const work = begun.move()
  return { stop: () => work.disposeAsync() }
}
