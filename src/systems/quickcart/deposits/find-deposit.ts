import type { UserId } from '../accounts/user-id.ts'
import type { Viewer } from '../accounts/viewer.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { selectDeposit, selectPendingDeposit } from './deposit.queries.ts'
import type { DepositView } from './deposit-view.ts'

/** @throws deposit_not_found also where it is somebody else's, so that invoices cannot be guessed (QuickCart, §10) */
export async function findDeposit(store: Store, invoice: string, viewer: Viewer): Promise<DepositView> {
  const deposit = await selectDeposit(store.db, invoice)
  if (!deposit || (deposit.userId !== viewer.userId && !viewer.isAdmin)) {
    throw fail('deposit_not_found', { invoice })
  }
  return deposit
}

/** The one deposit a person may have open, if they do. */
export async function pendingDepositOf(store: Store, userId: UserId): Promise<DepositView | undefined> {
  return await selectPendingDeposit(store.db, userId)
}
