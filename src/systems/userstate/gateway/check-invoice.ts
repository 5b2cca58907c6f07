import type { XenditInvoice } from '../../../gateways/xendit/answers.ts'
import { XenditError } from '../../../gateways/xendit/errors.ts'
import type { Caller } from '../../../kernel/caller.ts'
import { inTransaction, type Tx } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import {
  adoptInvoice,
  type Billed,
  closeTransaction,
  lockInvoice,
  type Settled,
  settleInvoice,
} from './invoice.queries.ts'
import { noteInvoice } from './note-invoice.ts'

/** What the gateway says and what it led to; `unknown` where it has no such invoice of ours. */
export type Checked = Settled | 'pending' | 'expired' | 'unknown'

/**
 * Asks the gateway what became of an invoice and books it (UserState, 7.2): one function for callback, poll, button and
 * cancellation, safe to run any number of times at once. `finish` is told, and commits with what is booked.
 * @throws gateway_unavailable where the gateway gives no answer
 */
export async function checkInvoice(
  store: Store,
  caller: Caller,
  billed: Billed,
  xenditInvoice: string,
  finish: (tx: Tx, checked: Checked) => Promise<void> = async () => {},
): Promise<Checked> {
  const invoice = await ask(store, xenditInvoice)
  if (!invoice || !isInvoiceOf(billed, invoice)) return 'unknown'
  return await inTransaction(store.db, caller, async (tx) => {
    const checked = await book(tx, billed, invoice)
    if (checked !== 'pending' && checked !== 'already') await noteInvoice(tx, store, billed, invoice)
    await finish(tx, checked)
    return checked
  })
}

/**
 * Somebody else's invoice is no answer about ours, also under the same number: a restored backup counts again from where it
 * was, so the number may have been another person's before. Each is made with the name of whom it is for.
 */
export function isInvoiceOf({ invoice, username }: Billed, { externalId, metadata }: XenditInvoice): boolean {
  const { username: named } = metadata
  return externalId === invoice && (typeof named !== 'string' || named.toLowerCase() === username)
}

async function book(tx: Tx, { id }: Billed, invoice: XenditInvoice): Promise<Checked> {
  if (invoice.status === 'EXPIRED') {
    // One too many is expired by ourselves: its end is not that of what waits for another.
    if ((await lockInvoice(tx, id)) === invoice.id) await closeTransaction(tx, id, 'EXPIRED')
    return 'expired'
  }
  // The callback may have come before the answer of "create" was stored.
  await adoptInvoice(tx, id, invoice)
  if (invoice.status === 'PAID' || invoice.status === 'SETTLED') return await settleInvoice(tx, id, invoice)
  return 'pending'
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
