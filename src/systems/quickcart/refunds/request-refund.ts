import type { Caller } from '../../../kernel/caller.ts'
import { idempotent } from '../../../platform/idempotency/idempotent.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { UserId } from '../accounts/user-id.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { selectRefund } from './refund.queries.ts'
import type { RefundView } from './refund-view.ts'

export interface RequestRefund {
  readonly userId: UserId
  readonly invoice: string
  /** The same key asks once. */
  readonly idempotencyKey: string
}

/**
 * Asks for the money of a paid order back; an admin decides (QuickCart, UC 14).
 * @throws order_not_found, refund_exists, refund_not_eligible, banned, idempotency_conflict, idempotency_in_flight
 */
export async function requestRefund(store: Store, caller: Caller, input: RequestRefund): Promise<RefundView> {
  const { userId, invoice, idempotencyKey: key } = input
  const id = await inTransaction(store.db, caller, (tx) =>
    idempotent(tx, { scope: `request_refund:${userId}`, key, request: { invoice } }, async () => {
      const refund = await tx.one<{ id: bigint }>(sql`select request_refund(${userId}, ${invoice}) as id`)
      return String(refund.id)
    }),
  )
  const refund = await selectRefund(store.db, BigInt(id))
  if (!refund) throw fail('not_found')
  return refund
}
