/**
 * A broadcast on its way (QuickCart, UC 18): first a row in the outbox for everybody, a batch per transaction; then,
 * every few seconds, the look whether all of them are decided. A process that dies half way leaves the job behind, and
 * the next one walks again over the rows that are there.
 */
import { Type } from 'typebox'
import { type Caller, systemCaller } from '../../../kernel/caller.ts'
import type { CronEntry } from '../../../platform/jobs/cron.ts'
import { defineJob, enqueue, handle, noPayload, type Task } from '../../../platform/jobs/job.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { after } from '../payments/payment-jobs.ts'
import type { Store } from '../store.ts'

/** Rows per transaction: some 50 ms of work, and never more than that in memory or locked. */
const BATCH = 1_000
const LOOK_AGAIN_MS = 2_000

/** `made`: every row exists. Enqueued by send_broadcast and cancel_broadcast too. */
const broadcastJob = defineJob(
  'quickcart.broadcast',
  Type.Object({ broadcast: Type.Integer(), made: Type.Optional(Type.Boolean()) }),
)
const broadcastSweep = defineJob('quickcart.broadcast_sweep', noPayload)

export function broadcastTasks(store: Store, batch = BATCH): readonly Task[] {
  return [
    handle(broadcastJob, async ({ broadcast, made = false }, { caller, signal }) => {
      if (!made) await fanOut(store, caller, { broadcast, batch, signal })
      await inTransaction(store.db, caller, async (tx) => {
        const { finished } = await tx.one<{ finished: boolean }>(
          sql`select finish_broadcast(${broadcast}) as finished`,
        )
        if (finished) return
        const options = { key: `broadcast:${broadcast}`, runAt: after(store, LOOK_AGAIN_MS) }
        await enqueue(tx, broadcastJob, { broadcast, made: true }, options)
      })
    }),
    handle(broadcastSweep, () => sweepBroadcasts(store)),
  ]
}

export const broadcastCron: readonly CronEntry[] = [{ job: broadcastSweep, schedule: '* * * * *' }]

/** @throws Error where the process stops half way, so that the job is run again */
async function fanOut(
  store: Store,
  caller: Caller,
  { broadcast, batch, signal }: { broadcast: number; batch: number; signal: AbortSignal },
): Promise<void> {
  for (let last: bigint | null = 0n; last !== null; ) {
    signal.throwIfAborted()
    const from: bigint = last
    const made = await inTransaction(store.db, caller, (tx) =>
      tx.one<{ last: bigint | null }>(sql`select fan_out_broadcast(${broadcast}, ${from}, ${batch}) as last`),
    )
    last = made.last
  }
}

/** Puts jobs back that are missing: lost with a restored backup, or dead. */
async function sweepBroadcasts(store: Store): Promise<void> {
  await inTransaction(store.db, systemCaller, (tx) =>
    tx.run(sql`
      select niaga.enqueue('quickcart.broadcast', jsonb_build_object('broadcast', b.id), null, 'broadcast:' || b.id)
        from broadcasts b
        where b.status = 'sending' and not exists (
          select from graphile_worker._private_jobs j
          where j.key = 'broadcast:' || b.id and j.attempts < j.max_attempts)`),
  )
}
