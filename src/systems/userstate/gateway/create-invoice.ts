import type { XenditInvoice } from '../../../gateways/xendit/answers.ts'
import { XenditError } from '../../../gateways/xendit/errors.ts'
import type { Caller } from '../../../kernel/caller.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'
import { checkInvoice, isInvoiceOf } from './check-invoice.ts'
import { invoiceLater, type Redirects } from './gateway-jobs.ts'
import { adoptInvoice, type Billed, closeTransaction, selectBilled } from './invoice.queries.ts'
import { noteInvoice } from './note-invoice.ts'
import { toMoney } from './rupiah.ts'

/** The gateway takes no shorter time to pay. */
const SHORTEST_SECONDS = 60

/**
 * Has the gateway make the invoice of a transaction (UserState, U12: c, d). `attempt`: how many were made before this
 * one; from the second on the gateway is asked first whether it has one, since an answer may have been lost. Where it
 * does not answer, a durable job goes on until the time to pay is over. Safe to call at any time.
 */
export async function createInvoice(
  store: Store,
  caller: Caller,
  id: bigint,
  redirects: Redirects,
  attempt = 0,
): Promise<void> {
  const billed = await selectBilled(store.db, id)
  if (billed?.status !== 'PENDING' || billed.xenditInvoice !== null) return
  let isAsked = false
  try {
    const known = attempt > 0 ? await store.xendit.invoicesOf(billed.invoice) : []
    isAsked = true
    const ours = known.filter((each) => isInvoiceOf(billed, each) && each.amount === toMoney(billed.amount))
    const first = ours.find(({ status }) => status !== 'EXPIRED') ?? ours[0]
    await adopt(store, caller, billed, first ?? (await make(store, billed, redirects)))
    // Only now: killed before, it would be left without the one that can be paid.
    for (const other of ours) if (other !== first) await expireAtGateway(store, other.id)
  } catch (error) {
    if (!(error instanceof XenditError)) throw error
    // A no to the question whether the gateway has it is none to the invoice: an earlier try may have arrived.
    await notMade(store, caller, billed, redirects, attempt, { error, isNo: isAsked && error.final })
  }
}

async function make(store: Store, billed: Billed, redirects: Redirects): Promise<XenditInvoice> {
  const left = Math.floor((billed.expiredAt.getTime() - store.clock.now().getTime()) / 1000)
  return await store.xendit.createInvoice({
    externalId: billed.invoice,
    amount: toMoney(billed.amount),
    payerEmail: billed.email,
    description: billed.type === 'TOPUP' ? 'Wallet top-up' : `Payment to ${billed.payee}`,
    validSeconds: Math.max(SHORTEST_SECONDS, left),
    paymentMethods: billed.methods,
    successRedirectUrl: redirects.success,
    failureRedirectUrl: redirects.failure,
    metadata: { username: billed.username },
  })
}

async function adopt(store: Store, caller: Caller, billed: Billed, invoice: XenditInvoice): Promise<void> {
  const outcome = await inTransaction(store.db, caller, async (tx) => {
    await noteInvoice(tx, store, billed, invoice)
    return await adoptInvoice(tx, billed.id, invoice)
  })
  // Nobody should pay what nobody waits for; whether somebody has is asked right after.
  if (outcome !== 'adopted') await expireAtGateway(store, invoice.id)
  if (outcome !== 'adopted' || invoice.status !== 'PENDING') {
    await checkInvoice(store, caller, billed, invoice.id)
  }
}

async function notMade(
  store: Store,
  caller: Caller,
  { id, expiredAt }: Billed,
  redirects: Redirects,
  attempt: number,
  { error, isNo }: { readonly error: XenditError; readonly isNo: boolean },
): Promise<void> {
  const isOver = expiredAt <= store.clock.now()
  await inTransaction(store.db, caller, async (tx) => {
    if (isNo) await closeTransaction(tx, id, 'FAILED', error.gatewayCode ?? 'GATEWAY_REJECTED')
    else if (isOver) await closeTransaction(tx, id, 'FAILED', 'GATEWAY_UNAVAILABLE')
    else await invoiceLater(tx, store, id, redirects, attempt + 1)
  })
}

/** It may be down or the money may just have come: whoever calls this asks for the invoice's state afterwards. */
export async function expireAtGateway(store: Store, xenditInvoice: string): Promise<void> {
  try {
    await store.xendit.expireInvoice(xenditInvoice)
  } catch (error) {
    if (!(error instanceof XenditError)) throw error
    store.log.info({ xenditInvoice, kind: error.kind }, 'the gateway did not expire an invoice')
  }
}
