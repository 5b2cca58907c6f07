/** The durable work on payouts (UserState, section 8); each task is safe to run any number of times. */
import type { Caller } from '../../../kernel/caller.ts'
import type { CronEntry } from '../../../platform/jobs/cron.ts'
import { defineJob, handle, noPayload, type Task } from '../../../platform/jobs/job.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { askEach } from '../gateway/ask-each.ts'
import type { Store } from '../store.ts'
import { checkPayout } from './check-payout.ts'
import { selectPayout } from './payout.queries.ts'
import { jobOf, payoutSend, sendLater } from './payout-jobs.ts'
import { sendPayout } from './send-payout.ts'

const poll = defineJob('payout.poll', noPayload)
/** UserState, section 8: "alert after 24 h". */
const ALERT_AFTER_MS = 24 * 60 * 60_000

export function payoutTasks(store: Store): readonly Task[] {
  return [
    handle(payoutSend, ({ id }, { caller }) => sendPayout(store, caller, BigInt(id))),
    handle(poll, (_, { caller, signal }) => pollPayouts(store, caller, signal)),
  ]
}

export const payoutCron: readonly CronEntry[] = [{ job: poll, schedule: '*/10 * * * *' }]

async function pollPayouts(store: Store, caller: Caller, signal: AbortSignal): Promise<void> {
  const open = await inTransaction(store.db, caller, (tx) =>
    tx.many<{ id: bigint }>(sql`
      select p.id from payout p where p.status in ('QUEUED', 'ACCEPTED', 'PENDING')
        and p.created_at < niaga.now() - interval '10 minutes'
      order by p.id`),
  )
  const ids = open.map(({ id }) => id)
  await askEach(store, ids, signal, (id) => look(store, caller, id))
}

/** @throws gateway_unavailable */
async function look(store: Store, caller: Caller, id: bigint): Promise<void> {
  const payout = await selectPayout(store.db, id)
  if (!payout) return
  if (store.clock.now().getTime() - payout.createdAt.getTime() > ALERT_AFTER_MS) {
    store.log.error({ payout: payout.reference, status: payout.status }, 'a payout has been open for a day')
  }
  const checked = await checkPayout(store, caller, payout)
  if (checked === 'unknown' && payout.status === 'QUEUED') await sendAgain(store, caller, id)
}

/** Its job may be gone: lost with a restored backup, or dead. */
async function sendAgain(store: Store, caller: Caller, id: bigint): Promise<void> {
  await inTransaction(store.db, caller, async (tx) => {
    if ((await jobOf(tx, id)) === 'none') await sendLater(tx, store, id, 0)
  })
}
