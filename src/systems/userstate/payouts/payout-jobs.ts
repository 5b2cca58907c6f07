/** The durable job that sends a payout: what it is called, what it carries. */
import { Type } from 'typebox'
import { defineJob, enqueue } from '../../../platform/jobs/job.ts'
import { sql } from '../../../postgres/sql.ts'
import type { Tx } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'

export const payoutSend = defineJob('gateway.create_payout', Type.Object({ id: Type.String() }))

const FIRST_PAUSE_MS = 5_000
const LONGEST_PAUSE_MS = 10 * 60_000

/** Before the next try, where so many were made. */
export const pauseAfter = (tries: number) => Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1))

/** Takes the place of a try that waits. One that is under way goes on: two must not be, see `jobOf`. */
export async function sendLater(tx: Tx, store: Store, id: bigint, pauseMs: number): Promise<void> {
  const runAt = new Date(store.clock.now().getTime() + pauseMs)
  await enqueue(tx, payoutSend, { id: String(id) }, { key: `payout:${id}`, runAt })
}

/** How far the next try is. Nobody begins or replaces it before `tx` ends. */
export async function jobOf(tx: Tx, id: bigint): Promise<'none' | 'waits' | 'runs'> {
  const job = await tx.maybeOne<{ runs: boolean; waits: boolean }>(sql`
    select j.locked_at is not null as runs, j.attempts < j.max_attempts as waits
    from graphile_worker._private_jobs j where j.key = ${`payout:${id}`} for update`)
  if (job?.runs) return 'runs'
  return job?.waits ? 'waits' : 'none'
}
