import type { Caller } from '../../../kernel/caller.ts'
import { idempotent } from '../../../platform/idempotency/idempotent.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction, type Tx } from '../../../postgres/transaction.ts'
import type { UserId } from '../accounts/user-id.ts'
import type { Store } from '../store.ts'

export interface RecordClaim {
  readonly admin: UserId
  readonly invoice: string
  /** The order's units, counted from 1. */
  readonly item: number
  readonly note: string | null
  /** The same key again records no second claim. */
  readonly idempotencyKey?: string
}

/**
 * Notes that a sold unit was complained about; a later refund is less for it (QuickCart, §7.3 /claim).
 * @throws order_not_found, order_not_paid, validation_failed where the order has no such unit
 */
export async function recordClaim(store: Store, caller: Caller, claim: RecordClaim): Promise<bigint> {
  const { idempotencyKey: key, ...request } = claim
  const id = await inTransaction(store.db, caller, async (tx) => {
    if (key === undefined) return await insertClaim(tx, request)
    const scope = `record_claim:${claim.admin}`
    return await idempotent(tx, { scope, key, request }, () => insertClaim(tx, request))
  })
  return BigInt(id)
}

async function insertClaim(tx: Tx, { admin, invoice, item, note }: RecordClaim): Promise<string> {
  const { id } = await tx.one<{ id: bigint }>(
    sql`select record_claim(${admin}, ${invoice}, ${item}, ${note}) as id`,
  )
  return String(id)
}
