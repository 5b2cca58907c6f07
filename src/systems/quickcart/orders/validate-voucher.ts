import { systemCaller } from '../../../kernel/caller.ts'
import { type Decimal, type Money, parseMoney } from '../../../kernel/money.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { UserId } from '../accounts/user-id.ts'
import { limitGuesses } from '../shop/limits.ts'
import type { Store } from '../store.ts'

export interface UsableVoucher {
  readonly amount: Money<'IDR'>
  readonly expiresAt: Date
}

/**
 * Whether this person could use the code now; takes nothing (QuickCart, UC 6).
 * @throws voucher_invalid, voucher_expired, voucher_cooldown, rate_limited
 */
export async function validateVoucher(store: Store, user: UserId, code: string): Promise<UsableVoucher> {
  const { amount, expires_at: expiresAt } = await limitGuesses(store, user, code, () =>
    inTransaction(store.db, systemCaller, (tx) =>
      tx.one<{ amount: Decimal; expires_at: Date }>(
        sql`select amount, expires_at from check_voucher(${user}, ${code})`,
      ),
    ),
  )
  return { amount: parseMoney('IDR', amount), expiresAt }
}
