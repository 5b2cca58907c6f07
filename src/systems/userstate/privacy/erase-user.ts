import type { Caller } from '../../../kernel/caller.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'

/**
 * Erases somebody who was disabled long enough and has nothing left (UserState, §13). Their picture goes by a job. `by`:
 * the admin who asks; absent for the operator of the command line.
 * @throws not_found, forbidden, account_erased, erasure_blocked, pending_transactions, balance_not_empty,
 *   points_not_empty
 */
export async function eraseUser(
  { db }: Pick<Store, 'db'>,
  caller: Caller,
  username: string,
  by?: string,
): Promise<void> {
  await inTransaction(db, caller, (tx) => tx.one(sql`select erase_user(${username}, ${by ?? null})`))
}
