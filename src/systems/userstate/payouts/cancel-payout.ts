import { XenditError } from '../../../gateways/xendit/errors.ts'
import type { Caller } from '../../../kernel/caller.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { applyAnswer, checkPayout } from './check-payout.ts'
import { selectPayout } from './payout.queries.ts'
import type { PayoutView } from './payout-view.ts'

/** @throws not_found, also for somebody else's */
export async function findPayout({ db }: Store, id: bigint, username?: string): Promise<PayoutView> {
  const payout = await selectPayout(db, id)
  if (!payout || (username !== undefined && payout.username !== username)) throw fail('not_found')
  return payout
}

/**
 * Takes a payout back while nobody has sent it, or where the gateway agrees (UserState, U18).
 * @throws not_found, payout_not_cancellable, gateway_unavailable
 */
export async function cancelPayout(
  store: Store,
  caller: Caller,
  id: bigint,
  username: string,
): Promise<PayoutView> {
  await findPayout(store, id, username)
  const { outcome } = await inTransaction(store.db, caller, (tx) =>
    tx.one<{ outcome: 'cancelled' | 'ask' }>(sql`select cancel_payout(${id}) as outcome`),
  )
  // Looked at again: it may have been accepted just now, and has its name at the gateway since.
  if (outcome === 'ask') await cancelAtGateway(store, caller, await findPayout(store, id, username))
  const now = await findPayout(store, id, username)
  if (now.status !== 'CANCELLED') throw fail('payout_not_cancellable', { status: now.status })
  return now
}

async function cancelAtGateway(store: Store, caller: Caller, payout: PayoutView): Promise<void> {
  if (payout.xenditPayout === null) return
  try {
    await applyAnswer(store, caller, payout, await store.xendit.cancelPayout(payout.xenditPayout))
  } catch (error) {
    if (!(error instanceof XenditError)) throw error
    if (!error.final) throw fail('gateway_unavailable', {}, { cause: error })
    // It went on meanwhile: how far?
    await checkPayout(store, caller, payout)
  }
}
