/**
 * Orders, payments, refunds, goods and balances compared with the ledger (QuickCart, §8 ledger_reconcile): every
 * difference is one line for a person; none in health.
 */
import { systemCaller } from '../../../kernel/caller.ts'
import type { Database } from '../../../postgres/database.ts'
import { sql } from '../../../postgres/sql.ts'
import { inLongTransaction, type Tx } from '../../../postgres/transaction.ts'

export interface Difference {
  /** "order_not_booked", or what the ledger says against itself or against a balance. */
  readonly problem: string
  /** "orders 17", or an account. */
  readonly subject: string
  readonly details: unknown
}

export async function reconcile(db: Database): Promise<readonly Difference[]> {
  // In a transaction, because the books of the last seven years are meant by niaga.now().
  return await inLongTransaction(db, systemCaller, differences)
}

export async function differences(tx: Tx): Promise<readonly Difference[]> {
  return await tx.many<Difference>(sql`
    select violation as problem, subject, details from ledger.verify()
    union all
    select problem, entity_type || ' ' || entity_id, details from reconcile()
    order by 1, 2`)
}
