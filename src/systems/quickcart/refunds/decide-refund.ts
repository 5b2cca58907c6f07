import type { Caller } from '../../../kernel/caller.ts'
import { invalidFields } from '../../../platform/http/validation.ts'
import { idempotent } from '../../../platform/idempotency/idempotent.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { UserId } from '../accounts/user-id.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { selectRefund } from './refund.queries.ts'
import type { RefundView } from './refund-view.ts'

/** So that it fits into Telegram's messages with all that stands around it. */
const MAX_REASON = 1_000

/**
 * The refund's amount goes to the customer's balance, once, however many admins tap (QuickCart, UC 14).
 * The same key again answers as it did.
 * @throws not_found, refund_decided, idempotency_conflict, idempotency_in_flight
 */
export async function approveRefund(
  store: Store,
  caller: Caller,
  input: { readonly refundId: bigint; readonly admin: UserId; readonly idempotencyKey: string },
): Promise<RefundView> {
  const { refundId, admin, idempotencyKey: key } = input
  await inTransaction(store.db, caller, (tx) =>
    idempotent(tx, { scope: `approve_refund:${admin}`, key, request: { id: String(refundId) } }, () =>
      tx.run(sql`select approve_refund(${refundId}, ${admin})`),
    ),
  )
  return await decided(store, refundId)
}

/** The reason is what the customer is told. @throws validation_failed, message_too_long, not_found, refund_decided */
export async function rejectRefund(
  store: Store,
  caller: Caller,
  input: { readonly refundId: bigint; readonly admin: UserId; readonly reason: string },
): Promise<RefundView> {
  const { refundId, admin } = input
  const reason = input.reason.trim()
  if (reason === '') throw invalidFields([{ field: 'reason', reason: 'must be a text' }])
  if (reason.length > MAX_REASON) throw fail('message_too_long', { length: reason.length, max: MAX_REASON })
  await inTransaction(store.db, caller, (tx) =>
    tx.run(sql`select reject_refund(${refundId}, ${admin}, ${reason})`),
  )
  return await decided(store, refundId)
}

async function decided(store: Store, id: bigint): Promise<RefundView> {
  const refund = await selectRefund(store.db, id)
  if (!refund) throw fail('not_found')
  return refund
}
