import type { Caller } from '../../../kernel/caller.ts'
import { idempotent } from '../../../platform/idempotency/idempotent.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { selectPayout } from './payout.queries.ts'
import { sendLater } from './payout-jobs.ts'
import type { PayoutView } from './payout-view.ts'

export interface RequestPayout {
  readonly username: string
  readonly bankAccountId: number
  /** Whole rupiah that arrive; the fee comes on top. */
  readonly amount: number
  readonly platform: string | null
  readonly idempotencyKey: string
}

/**
 * Sends money from a wallet to a bank account (UserState, U18): held now, sent by a durable job. The code of the user's
 * mail has been checked before.
 * @throws insufficient_funds, email_not_verified, bank_account_unusable, amount_out_of_range, payout_daily_limit,
 *   account_disabled, idempotency_conflict, idempotency_in_flight
 */
export async function requestPayout(store: Store, caller: Caller, input: RequestPayout): Promise<PayoutView> {
  const { username, bankAccountId, amount, platform, idempotencyKey: key } = input
  const scope = `payout:${username}`
  return await inTransaction(store.db, caller, async (tx) => {
    const id = await idempotent(tx, { scope, key, request: { bankAccountId, amount } }, async () => {
      const made = await tx.one<{ id: bigint }>(
        sql`select request_payout(${username}, ${bankAccountId}, ${amount}, ${platform}) as id`,
      )
      await sendLater(tx, store, made.id, 0)
      return String(made.id)
    })
    const payout = await selectPayout(tx, BigInt(id))
    if (!payout) throw fail('not_found')
    return payout
  })
}
