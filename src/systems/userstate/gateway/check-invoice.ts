import type { XenditInvoice } from '../../../gateways/xendit/answers.ts'
import { XenditError } from '../../../gateways/xendit/errors.ts'
import type { Caller } from '../../../kernel/caller.ts'
import { isDomainError } from '../../../kernel/errors.ts'
import { inTransaction, type Tx } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import {
  adoptInvoice,
  type Billed,
  closeTransaction,
  type Settled,
  settleInvoice,
} from './invoice.queries.ts'
import { noteInvoice } from './note-invoice.ts'

/** What the gateway says and what it led to; `unknown` where it has no such invoice of ours. */
export type Checked = Settled | 'pending' | 'expired' | 'unknown'

/**
 * Asks the gateway what became of an invoice and books it (UserState, 7.2): one function for callback, poll, button and
 * cancellation, safe to run any number of times at once. `finish` commits with what is booked.
 * @throws gateway_unavailable where the gateway gives no answer
 */
export async function checkInvoice(
  store: Store,
  caller: Caller,
  billed: Billed,
  xenditInvoice: string,
  finish: (tx: Tx) => Promise<void> = async () => {},
): Promise<Checked> {
  const invoice = await ask(store, xenditInvoice)
  // Somebody else's invoice is no answer about ours.
  if (!invoice || invoice.externalId !== billed.invoice) return 'unknown'
  return await inTransaction(store.db, caller, async (tx) => {
    const checked = await book(tx, billed, invoice)
    if (checked !== 'pending' && checked !== 'already') await noteInvoice(tx, store, billed, invoice)
    if (checked !== 'pending') await finish(tx)
    return checked
  })
}

async function book(tx: Tx, { id }: Billed, invoice: XenditInvoice): Promise<Checked> {
  // The callback may have come before the answer of "create" was stored.
  const adopted = await adoptInvoice(tx, id, invoice)
  if (invoice.status === 'PAID' || invoice.status === 'SETTLED') return await settleInvoice(tx, id, invoice)
  if (invoice.status !== 'EXPIRED') return 'pending'
  if (adopted === 'adopted') await closeTransaction(tx, id, 'EXPIRED')
  return 'expired'
}

/** The same where a gateway that is down must not stop the caller; undefined then. */
export async function checkIfAnswered(
  store: Store,
  caller: Caller,
  billed: Billed,
  xenditInvoice: string,
): Promise<Checked | undefined> {
  try {
    return await checkInvoice(store, caller, billed, xenditInvoice)
  } catch (error) {
    if (isDomainError(error, 'gateway_unavailable')) return undefined
    throw error
  }
}

async function ask(store: Store, xenditInvoice: string): Promise<XenditInvoice | undefined> {
  try {
    return await store.xendit.invoice(xenditInvoice)
  } catch (error) {
    if (!(error instanceof XenditError)) throw error
    // A refused key is no word about the invoice: only "not found" is.
    if (error.kind === 'not_found') return undefined
    throw fail('gateway_unavailable', {}, { cause: error })
  }
}
