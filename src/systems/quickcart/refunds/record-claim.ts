import type { Caller } from '../../../kernel/caller.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { UserId } from '../accounts/user-id.ts'
import type { Store } from '../store.ts'

export interface RecordClaim {
  readonly admin: UserId
  readonly invoice: string
  /** The order's units, counted from 1. */
  readonly item: number
  readonly note: string | null
}

/**
 * Notes that a sold unit was complained about; a later refund is less for it (QuickCart, §7.3 /claim).
 * @throws order_not_found, order_not_paid, validation_failed where the order has no such unit
 */
export async function recordClaim(store: Store, caller: Caller, claim: RecordClaim): Promise<bigint> {
  const { admin, invoice, item, note } = claim
  const { id } = await inTransaction(store.db, caller, (tx) =>
    tx.one<{ id: bigint }>(sql`select record_claim(${admin}, ${invoice}, ${item}, ${note}) as id`),
  )
  return id
}
