import type { XenditPayout } from '../../../gateways/xendit/answers.ts'
import type { Tx } from '../../../postgres/transaction.ts'
import { noteLog } from '../logs/write-log.ts'
import type { Store } from '../store.ts'
import { statusOf } from './payout.queries.ts'
import type { PayoutStatus, PayoutView } from './payout-view.ts'

/** UserState, section 3: payout → log. */
const LOG_STATUS: Readonly<Record<PayoutStatus, string>> = {
  QUEUED: 'PENDING',
  ACCEPTED: 'PENDING',
  PENDING: 'PROCESSING',
  SUCCEEDED: 'COMPLETED',
  FAILED: 'FAILED',
  CANCELLED: 'CANCELLED',
  REVERSED: 'FAILED',
}

/** Has the payout log say what the payout has become (UserState, 7.4). */
export async function notePayout(
  tx: Tx,
  store: Store,
  payout: PayoutView,
  answer: XenditPayout,
): Promise<void> {
  await noteLog(tx, store, 'xendit_payout_logs', {
    id: answer.id,
    createdAt: answer.createdAt,
    status: LOG_STATUS[await statusOf(tx, payout.id)],
    amount: payout.amount,
    payload: answer.raw,
  })
}
