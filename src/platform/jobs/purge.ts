import type { Caller } from '../../kernel/caller.ts'
import type { Database } from '../../postgres/database.ts'
import type { Sql } from '../../postgres/sql.ts'
import { inTransaction } from '../../postgres/transaction.ts'

const BATCH = 5_000

/**
 * Deletes until nothing is left, one batch per transaction, so that no lock is held for long however much has piled up.
 * `rows`: deletes so many at most. Answers how many went.
 */
export async function purge(
  database: Database,
  { caller, signal }: { readonly caller: Caller; readonly signal: AbortSignal },
  rows: (limit: number) => Sql,
): Promise<number> {
  let total = 0
  for (let batch = BATCH; batch === BATCH && !signal.aborted; total += batch) {
    batch = await inTransaction(database, caller, (tx) => tx.run(rows(BATCH)))
  }
  return total
}
