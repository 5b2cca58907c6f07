import type { Caller } from '../../../kernel/caller.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { findPayout } from './cancel-payout.ts'
import { checkPayout } from './check-payout.ts'
import { jobOf, sendLater } from './payout-jobs.ts'
import type { PayoutView } from './payout-view.ts'

/**
 * Finance does not want to wait for the next try (UserState, U24): what the gateway may not have is sent now, under its
 * number as ever, unless a try is under way; what it has, it is asked about.
 * @throws not_found, payout_closed, gateway_unavailable
 */
export async function retryPayout(store: Store, caller: Caller, id: bigint): Promise<PayoutView> {
  const payout = await findPayout(store, id)
  const { status, xenditPayout } = payout
  if (status !== 'QUEUED' && status !== 'ACCEPTED' && status !== 'PENDING')
    throw fail('payout_closed', { status })
  await inTransaction(store.db, caller, async (tx) => {
    if (xenditPayout === null && (await jobOf(tx, id)) !== 'runs') await sendLater(tx, store, id, 0)
    await tx.run(sql`select audit.emit('retry', 'payout', ${String(id)})`)
  })
  if (xenditPayout !== null) await checkPayout(store, caller, payout)
  return await findPayout(store, id)
}
