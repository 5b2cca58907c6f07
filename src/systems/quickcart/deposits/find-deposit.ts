import type { Viewer } from '../accounts/viewer.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { selectDeposit } from './deposit.queries.ts'
import type { DepositView } from './deposit-view.ts'

/** @throws deposit_not_found also where it is somebody else's, so that invoices cannot be guessed (QuickCart, §10) */
export async function findDeposit(store: Store, invoice: string, viewer: Viewer): Promise<DepositView> {
  const deposit = await selectDeposit(store.db, invoice)
  if (!deposit || (deposit.userId !== viewer.userId && !viewer.isAdmin)) {
    throw fail('deposit_not_found', { invoice })
  }
  return deposit
}
