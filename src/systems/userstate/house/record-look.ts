import type { Caller } from '../../../kernel/caller.ts'
import { toJson } from '../../../platform/http/json.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'

/**
 * Notes that staff read a list of people, bank accounts or logs (UserState, §12): once per request, before anything is
 * shown, with what they asked for. `query` must not hold what tells who somebody is: the record is never cleared.
 */
export async function recordLook(
  { db }: Pick<Store, 'db'>,
  caller: Caller,
  entity: 'user_info' | 'payout' | 'xendit_checkout_logs' | 'xendit_payout_logs',
  query: object,
): Promise<void> {
  await inTransaction(db, caller, (tx) =>
    tx.run(sql`select audit.emit('read', ${entity}, 'list', null, ${toJson({ asked: query })}::jsonb)`),
  )
}
