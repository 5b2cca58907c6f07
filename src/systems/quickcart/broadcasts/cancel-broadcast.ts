import type { Caller } from '../../../kernel/caller.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'

/**
 * Gives a draft up or stops a broadcast on its way (QuickCart, UC 18): who has not been sent it gets nothing.
 * @throws broadcast_not_found, broadcast_done
 */
export async function cancelBroadcast(store: Store, caller: Caller, id: number): Promise<void> {
  await inTransaction(store.db, caller, (tx) => tx.run(sql`select cancel_broadcast(${id})`))
}
