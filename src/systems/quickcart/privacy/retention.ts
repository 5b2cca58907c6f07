/** What is no longer needed goes (QuickCart, §12 and §8): every batch a transaction of its own, which notes its counts. */
import type { Caller } from '../../../kernel/caller.ts'
import { type Sql, sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'

/** Few enough that nobody waits for the locks of a batch. */
const BATCH = 500

type Counts = Readonly<Record<string, number>>

/** Order sets, deposits, messages and people, as long as there are any whose time has come. Answers how many of what. */
export async function retain(store: Store, caller: Caller, signal?: AbortSignal): Promise<Counts> {
  const total: Record<string, number> = {}
  for (const purge of [
    sql`select purge_orders(false, ${BATCH}) as counts`,
    sql`select purge_orders(true, ${BATCH}) as counts`,
    sql`select purge_deposits(${BATCH}) as counts`,
    sql`select purge_messages(${BATCH}) as counts`,
    sql`select purge_people() as counts`,
  ]) {
    for await (const counts of batches(store, caller, purge, signal)) {
      for (const [table, count] of Object.entries(counts)) total[table] = (total[table] ?? 0) + count
    }
  }
  return total
}

/** Vouchers that nobody used, and pauses that are over. Answers how many rows. */
export async function cleanVouchers(store: Store, caller: Caller): Promise<number> {
  let total = 0
  for (;;) {
    const { removed } = await inTransaction(store.db, caller, (tx) =>
      tx.one<{ removed: number }>(sql`select clean_vouchers(${BATCH}) as removed`),
    )
    if (removed === 0) return total
    total += removed
  }
}

async function* batches(
  store: Store,
  caller: Caller,
  purge: Sql,
  signal: AbortSignal | undefined,
): AsyncGenerator<Counts> {
  while (!signal?.aborted) {
    const { counts } = await inTransaction(store.db, caller, (tx) => tx.one<{ counts: Counts | null }>(purge))
    if (counts === null) return
    yield counts
  }
}
