import { XenditError } from '../../../gateways/xendit/errors.ts'
import type { Caller } from '../../../kernel/caller.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import { checkInvoice } from '../gateway/check-invoice.ts'
import { type Billed, closeTransaction, selectBilled } from '../gateway/invoice.queries.ts'
import type { Store } from '../store.ts'
import { findTransaction } from '../transactions/list-transactions.ts'
import type { TransactionView } from '../transactions/transaction-view.ts'

const WINDOW_SECONDS = 10

/**
 * Gives a top-up up: first at the gateway, so that nobody can pay it any more (UserState, U12).
 * @throws not_found, already_paid where the money came first and is credited, payment_not_pending, gateway_unavailable
 */
export async function cancelTopup(
  store: Store,
  caller: Caller,
  id: bigint,
  username: string,
): Promise<TransactionView> {
  const billed = await findTopup(store, id, username)
  if (billed.status === 'PENDING') {
    if (billed.xenditInvoice !== null) await endAtGateway(store, caller, billed, billed.xenditInvoice)
    // An invoice that is being made right now finds it closed and is expired.
    await inTransaction(store.db, caller, (tx) => closeTransaction(tx, id, 'CANCELLED'))
  }
  const now = await findTransaction(store, id, username)
  if (now.status === 'PAID') throw fail('already_paid')
  if (now.status !== 'CANCELLED') throw fail('payment_not_pending', { status: now.status })
  return now
}

/** Looks now (UserState, section 6): once in ten seconds. @throws not_found, rate_limited, gateway_unavailable */
export async function syncTopup(
  store: Store,
  caller: Caller,
  id: bigint,
  username: string,
): Promise<TransactionView> {
  const billed = await findTopup(store, id, username)
  const { count, resetsInSeconds } = await store.kv.increment(`rate:sync:${id}`, WINDOW_SECONDS)
  if (count > 1) throw fail('rate_limited', { retry_after: Math.max(1, Math.ceil(resetsInSeconds)) })
  if (billed.xenditInvoice !== null) await checkInvoice(store, caller, billed, billed.xenditInvoice)
  return await findTransaction(store, id, username)
}

async function findTopup({ db }: Store, id: bigint, username: string): Promise<Billed> {
  const billed = await selectBilled(db, id)
  if (billed?.type !== 'TOPUP' || billed.username !== username) throw fail('not_found')
  return billed
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
