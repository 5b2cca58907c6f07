import type { Caller } from '../../../kernel/caller.ts'
import { type Decimal, formatMoney, type Money, parseMoney } from '../../../kernel/money.ts'
import { idempotent } from '../../../platform/idempotency/idempotent.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'
import type { UserId } from './user-id.ts'

export interface AdjustBalance {
  readonly user: UserId
  /** `add` gives the amount; `set` makes the balance that much, in either direction. */
  readonly mode: 'add' | 'set'
  readonly amount: Money<'IDR'>
  /** Kept with the booking. */
  readonly reason?: string
  readonly idempotencyKey: string
}

/**
 * An admin corrects a balance, booked under `adj:{key}` (QuickCart, §4). Answers it as it is afterwards; the same key
 * again, what was answered then.
 * @throws user_not_found, amount_out_of_range, amount_not_whole, idempotency_conflict
 */
export async function adjustBalance(
  store: Store,
  caller: Caller,
  { idempotencyKey: key, ...input }: AdjustBalance,
): Promise<Money<'IDR'>> {
  const amount = formatMoney('IDR', input.amount)
  const request = { user: String(input.user), mode: input.mode, amount, reason: input.reason ?? null }
  // One scope for all admins: the key is the ledger's reference, and moves money once whoever sends it.
  const { balance } = await inTransaction(store.db, caller, (tx) =>
    idempotent(tx, { scope: 'adjust balance', key, request }, () =>
      tx.one<{ balance: Decimal }>(sql`
        select adjust_balance(${input.user}, ${input.mode}, ${amount}, ${key}, ${input.reason ?? null}) as balance`),
    ),
  )
  return parseMoney('IDR', balance)
}
