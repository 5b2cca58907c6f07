import type { Caller } from '../../../kernel/caller.ts'
import { formatMoney, type Money } from '../../../kernel/money.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { UserId } from '../accounts/user-id.ts'
import type { Store } from '../store.ts'

export interface EraseUser {
  readonly userId: UserId
  /** The most of their balance that they give up. */
  readonly forfeit: Money<'IDR'> | 'everything'
}

/**
 * Erases a person (QuickCart, §12): one transaction here, after which the relay makes the permanent record forget
 * them, and a job whatever lies outside of the database. Answers the request's id.
 * @throws user_not_found, erasure_blocked, balance_not_zero
 */
export async function eraseUser(
  store: Store,
  caller: Caller,
  { userId, forfeit }: EraseUser,
): Promise<bigint> {
  const most = forfeit === 'everything' ? 'infinity' : formatMoney('IDR', forfeit)
  const { id } = await inTransaction(store.db, caller, (tx) =>
    tx.one<{ id: bigint }>(sql`select erase_user(${userId}, ${most}::numeric) as id`),
  )
  return id
}
