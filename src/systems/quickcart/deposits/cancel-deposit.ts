import type { Caller } from '../../../kernel/caller.ts'
import { viewerOf } from '../accounts/viewer.ts'
import { fail } from '../errors.ts'
import { cancelPayment } from '../payments/cancel-payment.ts'
import type { Store } from '../store.ts'
import type { DepositView } from './deposit-view.ts'
import { findDeposit } from './find-deposit.ts'

/**
 * The owner or an admin gives up a pending deposit (QuickCart, UC 10); money that still comes is credited all the same.
 * @throws deposit_not_found, deposit_not_pending also where the money turned out to be there
 */
export async function cancelDeposit(store: Store, caller: Caller, invoice: string): Promise<DepositView> {
  const viewer = viewerOf(caller)
  const { status, payment, userId } = await findDeposit(store, invoice, viewer)
  if (status !== 'pending' || !payment) throw fail('deposit_not_pending', { invoice, deposit_status: status })
  const by = userId === viewer.userId ? 'owner' : 'admin'
  await cancelPayment(store, caller, { invoice, amount: payment.amount }, by)
  return await findDeposit(store, invoice, viewer)
}
