import { XenditError } from '../../../gateways/xendit/errors.ts'
import type { Caller } from '../../../kernel/caller.ts'
import { inTransaction, type Tx } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { findTransaction } from '../transactions/list-transactions.ts'
import type { TransactionView } from '../transactions/transaction-view.ts'
import { checkInvoice } from './check-invoice.ts'
import { askToCancel, type Billed, closeTransaction, lockInvoice, selectBilled } from './invoice.queries.ts'

/** @throws not_found, also for somebody else's */
export async function findBilledOf(
  { db }: Store,
  type: Billed['type'],
  id: bigint,
  username: string,
): Promise<Billed> {
  const billed = await selectBilled(db, id)
  if (billed?.type !== type || billed.username !== username) throw fail('not_found')
  return billed
}

/**
 * Gives up what somebody wanted to pay at the gateway: there first, so that nobody can pay it any more (UserState, U12).
 * @throws already_paid where the money came first, payment_not_pending, gateway_unavailable
 */
export async function cancelBilled(store: Store, caller: Caller, billed: Billed): Promise<TransactionView> {
  const { id, type, username, status, xenditInvoice } = billed
  if (status === 'PENDING') {
    if (xenditInvoice !== null) {
      await inTransaction(store.db, caller, (tx) => askToCancel(tx, id))
      await endAtGateway(store, caller, billed, xenditInvoice)
    }
    const isSeen = await inTransaction(store.db, caller, (tx) => closeAsSeen(tx, billed))
    // Only from none to one: a second round is the last.
    if (!isSeen) return await cancelBilled(store, caller, await findBilledOf(store, type, id, username))
  }
  const now = await findTransaction(store, id)
  if (now.status === 'PAID') throw fail('already_paid')
  if (now.status !== 'CANCELLED') throw fail('payment_not_pending', { status: now.status })
  return now
}

/**
 * An invoice that is being made right now finds it closed and is expired. False, and nothing, where one was adopted
 * meanwhile: that can still be paid.
 */
async function closeAsSeen(tx: Tx, { id, xenditInvoice }: Billed): Promise<boolean> {
  if ((await lockInvoice(tx, id)) !== xenditInvoice) return false
  await closeTransaction(tx, id, 'CANCELLED')
  return true
}

async function endAtGateway(store: Store, caller: Caller, billed: Billed, invoice: string): Promise<void> {
  try {
    await store.xendit.expireInvoice(invoice)
  } catch (error) {
    if (!(error instanceof XenditError)) throw error
    // Paid or expired already, or no answer: only the gateway knows which.
    const checked = await checkInvoice(store, caller, billed, invoice)
    if (checked === 'pending') throw fail('gateway_unavailable', {}, { cause: error })
  }
}
