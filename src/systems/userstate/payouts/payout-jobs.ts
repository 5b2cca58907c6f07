/** The durable job that sends a payout: what it is called, what it carries. */
import { Type } from 'typebox'
import { defineJob, enqueue } from '../../../platform/jobs/job.ts'
import type { Tx } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'

export const payoutSend = defineJob('gateway.create_payout', Type.Object({ id: Type.String() }))

const FIRST_PAUSE_MS = 5_000
const LONGEST_PAUSE_MS = 10 * 60_000

/** `tries`: how many were made; the first is made at once. */
export async function sendLater(tx: Tx, store: Store, id: bigint, tries: number): Promise<void> {
  const pause = tries === 0 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1))
  const runAt = new Date(store.clock.now().getTime() + pause)
  await enqueue(tx, payoutSend, { id: String(id) }, { key: `payout:${id}`, runAt })
}
