/** What becomes of a payment that is held: taken, given back, refunded (UserState, U13). */
import type { Caller } from '../../../kernel/caller.ts'
import type { Identity } from '../../../platform/access/identity.ts'
import { idempotent } from '../../../platform/idempotency/idempotent.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction, type Tx } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import { closeTransaction } from '../gateway/invoice.queries.ts'
import type { Store } from '../store.ts'
import { findTransaction } from '../transactions/list-transactions.ts'
import type { TransactionView } from '../transactions/transaction-view.ts'
import { findPayment } from './settler.ts'

export interface Settle {
  readonly identity: Identity
  readonly id: bigint
  readonly idempotencyKey: string
}

/** Again answers the same. @throws not_found, payment_not_pending, payment_expired */
export async function capturePayment(store: Store, caller: Caller, input: Settle): Promise<TransactionView> {
  return await settle(store, caller, 'capture', input, {}, async (tx) => {
    await tx.one(sql`select capture_payment(${input.id})`)
    return input.id
  })
}

/** Again answers the same. @throws not_found, payment_not_pending */
export async function releasePayment(store: Store, caller: Caller, input: Settle): Promise<TransactionView> {
  return await settle(store, caller, 'release', input, {}, async (tx) => {
    const payment = await findPayment(tx, input.identity, input.id)
    // What waits for the gateway can still be paid there: it ends there.
    if (payment.src === 'WALLET' && (await closeTransaction(tx, input.id, 'CANCELLED'))) return input.id
    const { status } = await findPayment(tx, input.identity, input.id)
    if (status !== 'CANCELLED') throw fail('payment_not_pending', { status })
    return input.id
  })
}

export interface Refund extends Settle {
  /** Whole rupiah; null: all that is left. */
  readonly amount: number | null
  readonly reason: string
}

/**
 * Answers the REFUND.
 * @throws not_found, payment_not_pending, refund_exceeds_payment, payee_funds_insufficient, wallet_limit_exceeded
 */
export async function refundPayment(store: Store, caller: Caller, input: Refund): Promise<TransactionView> {
  const { amount, reason } = input
  return await settle(store, caller, 'refund', input, { amount, reason }, async (tx) => {
    const { id } = await tx.one<{ id: bigint }>(
      sql`select refund_payment(${input.id}, ${amount}, ${reason}) as id`,
    )
    return id
  })
}

/** `work` answers the id of the transaction that is the answer. @throws forbidden for staff who paid it themselves */
async function settle(
  store: Store,
  caller: Caller,
  what: 'capture' | 'release' | 'refund',
  { identity, id, idempotencyKey: key }: Settle,
  request: object,
  work: (tx: Tx) => Promise<bigint>,
): Promise<TransactionView> {
  const answered = await inTransaction(store.db, caller, async (tx) => {
    const { username } = await findPayment(tx, identity, id)
    // Nobody moves money into their own wallet (UserState, section 9).
    if (identity.kind === 'user' && username === identity.subject) throw fail('forbidden')
    const scope = `payment.${what}:${identity.kind}:${identity.subject}`
    return await idempotent(tx, { scope, key, request: { id: String(id), ...request } }, async () =>
      String(await work(tx)),
    )
  })
  return await findTransaction(store, BigInt(answered))
}
