/** What becomes of a payment that is held: taken, given back, refunded (UserState, U13). */
import type { Caller } from '../../../kernel/caller.ts'
import type { Identity } from '../../../platform/access/identity.ts'
import { toJson } from '../../../platform/http/json.ts'
import { idempotent } from '../../../platform/idempotency/idempotent.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction, type Tx } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import { cancelBilled, findBilledOf } from '../gateway/cancel-billed.ts'
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

export interface Release extends Settle {
  /** Kept in the permanent record where staff gives it. */
  readonly reason: string | null
}

/**
 * Again answers the same. What waits for the gateway ends there, as where its payer gives it up.
 * @throws not_found, payment_not_pending, already_paid, gateway_unavailable
 */
export async function releasePayment(store: Store, caller: Caller, input: Release): Promise<TransactionView> {
  const { identity, id } = input
  // What may be left out is left out of the comparison too.
  const request = { reason: input.reason ?? undefined }
  const released = await settle(store, caller, 'release', input, request, async (tx) => {
    const { src, status } = await findPayment(tx, identity, id)
    if (status === 'PENDING') await recordReason(tx, input)
    if (src === 'XENDIT' && status === 'PENDING') return id
    if (src === 'WALLET' && (await closeTransaction(tx, id, 'CANCELLED'))) return id
    const now = await findPayment(tx, identity, id)
    if (now.status !== 'CANCELLED') throw fail('payment_not_pending', { status: now.status })
    return id
  })
  if (released.src !== 'XENDIT') return released
  return await cancelBilled(store, caller, await findBilledOf(store, 'PAYMENT', id, released.username))
}

/** What services write may tell of people, which the record must not. */
async function recordReason(tx: Tx, { identity, id, reason }: Release): Promise<void> {
  if (identity.kind !== 'user' || reason === null) return
  await tx.run(
    sql`select audit.emit('release', 'user_transaction', ${String(id)}, null, ${toJson({ reason })}::jsonb)`,
  )
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
