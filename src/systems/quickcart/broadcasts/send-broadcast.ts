import type { Caller } from '../../../kernel/caller.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'

/**
 * Sends a draft to everybody who is neither banned nor erased and can be reached (QuickCart, UC 18). Again, nothing
 * more happens.
 * @returns whether this call let it out
 * @throws broadcast_not_found, broadcast_cancelled
 */
export async function sendBroadcast(store: Store, caller: Caller, id: number): Promise<boolean> {
  const { begun } = await inTransaction(store.db, caller, (tx) =>
    tx.one<{ begun: boolean }>(sql`select send_broadcast(${id}) as begun`),
  )
  return begun
}
