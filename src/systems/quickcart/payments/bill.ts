/** What a payment is for. One path from the QR to its end: what is different says so by `kind`. */
import type { Caller } from '../../../kernel/caller.ts'
import type { Db } from '../../../postgres/database.ts'
import type { Viewer } from '../accounts/viewer.ts'
import { cancelDeposit } from '../deposits/cancel-deposit.ts'
import { selectDeposit } from '../deposits/deposit.queries.ts'
import type { DepositView } from '../deposits/deposit-view.ts'
import { findDeposit } from '../deposits/find-deposit.ts'
import { cancelOrder } from '../orders/cancel-order.ts'
import { findOrder } from '../orders/find-order.ts'
import { type ContentsFor, selectOrder } from '../orders/order.queries.ts'
import type { OrderView } from '../orders/order-view.ts'
import type { Store } from '../store.ts'

export type Bill = OrderView | DepositView

export async function selectBill(
  db: Db,
  invoice: string,
  contentsFor: ContentsFor,
): Promise<Bill | undefined> {
  return isDeposit(invoice) ? await selectDeposit(db, invoice) : await selectOrder(db, invoice, contentsFor)
}

/** @throws order_not_found, deposit_not_found */
export async function findBill(store: Store, invoice: string, viewer: Viewer): Promise<Bill> {
  return isDeposit(invoice)
    ? await findDeposit(store, invoice, viewer)
    : await findOrder(store, invoice, viewer)
}

/** @throws what cancelOrder and cancelDeposit refuse with */
export async function cancelBill(store: Store, caller: Caller, invoice: string): Promise<Bill> {
  return isDeposit(invoice)
    ? await cancelDeposit(store, caller, invoice)
    : await cancelOrder(store, caller, invoice)
}

/** Invoices are TRX… or DEP… (QuickCart, §2 orders and UC 12). */
function isDeposit(invoice: string): boolean {
  return invoice.startsWith('DEP')
}
